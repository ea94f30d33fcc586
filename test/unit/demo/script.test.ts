import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DURATION_SEC } from '../../../src/demo/plan.ts';
import { demoScript } from '../../../src/demo/script.ts';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';

const script = demoScript(1);
const secOf = (event: LiveEvent): number => (event.atMs - script.zeroAtMs) / 1000;
const within = (fromSec: number, toSec: number): readonly LiveEvent[] =>
  script.events.filter((event) => event.kind === 'chat' && secOf(event) >= fromSec && secOf(event) < toSec);
const authors = (events: readonly LiveEvent[]): Set<string> => new Set(events.map((event) => event.chat?.userId ?? ''));

describe('the made broadcast', () => {
  it('is the same on every machine and every day, so that its highlights keep their ids', () => {
    const hash = createHash('sha256').update(JSON.stringify(script.events)).digest('hex');
    expect(hash).toBe('de2b77c708c769f9dd0d91b2a94c55827d9d0d6d2c884260f3c8605aea59ab99');
    expect(demoScript(1)).toEqual(script);
    expect(demoScript(2).events).not.toEqual(script.events);
  });

  it('is in time order with unique ids, between its start and its end', () => {
    const times = script.events.map((event) => event.atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(script.events.map((event) => event.eventId)).size).toBe(script.events.length);
    expect(script.events[0]).toMatchObject({ kind: 'streamStarted', atMs: script.zeroAtMs });
    expect(script.events.at(-1)).toMatchObject({
      kind: 'streamEnded',
      atMs: script.zeroAtMs + DURATION_SEC * 1000,
      ended: { read: script.events.length - 2 },
    });
  });

  it('reacts to each of five moments 6 to 21 s later, many times louder than it talks', () => {
    expect(script.moments).toHaveLength(5);
    for (const moment of script.moments) {
      const before = within(moment - 15, moment + 6).length / 21;
      const reaction = within(moment + 6, moment + 21);
      expect(before).toBeLessThan(2);
      expect(reaction.length).toBeGreaterThanOrEqual(60);
      expect(reaction.length).toBeLessThanOrEqual(110);
      expect(authors(reaction).size).toBeGreaterThan(40);
    }
  });

  it('has a raid of new people and a burst of few bots, each over a minute from every moment', () => {
    const raid = within(script.raidSec, script.raidSec + 32);
    const known = authors(within(0, script.raidSec));
    expect(script.events.find((event) => event.kind === 'raid')?.atMs).toBe(script.zeroAtMs + script.raidSec * 1000);
    expect([...authors(raid)].filter((author) => !known.has(author)).length).toBeGreaterThan(80);
    const links = script.events.filter((event) => event.chat?.text.includes('best-views.example'));
    expect(links.length).toBeGreaterThan(50);
    expect(authors(links).size).toBeLessThanOrEqual(2);
    const [first, last] = [links[0], links.at(-1)].map((event) => (event === undefined ? 0 : secOf(event)));
    for (const moment of script.moments) {
      for (const sec of [script.raidSec, script.spamSec, first, last]) {
        expect(Math.abs((sec ?? moment) - moment)).toBeGreaterThan(60);
      }
    }
  });

  it('counts viewers every 15 s and marks that source as idle, so that the watermark does not wait for it', () => {
    const counts = script.events.filter((event) => event.source === 'viewers');
    expect(counts).toHaveLength(2 * (DURATION_SEC / 15 - 1));
    counts.forEach((event, index) => {
      expect(event.kind).toBe(index % 2 === 0 ? 'viewers' : 'idle');
      expect(secOf(event) % 15).toBe(0);
    });
    expect(script.events.filter((event) => event.kind === 'support').length).toBeGreaterThan(10);
  });
});
