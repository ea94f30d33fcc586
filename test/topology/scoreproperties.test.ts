import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryMetrics } from '../../src/adapters/embedded/metrics.ts';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { defaultModel, weightsOf } from '../../src/domain/scoring/model.ts';
import { SettingsHistory } from '../../src/domain/scoring/settings.ts';
import { Stream } from '../../src/domain/scoring/stream.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { chances, chatOf, ended, liveEvent, said, started, zeroAtMs } from '../support/chatstream.ts';
import { delayed, eventful, withoutFates } from '../support/eventful.ts';
import { give, highlightsIn, outputsOf, rankingIn, scoreDriver } from '../support/scorestage.ts';

const hashOf = (outputs: readonly Output[]): string =>
  createHash('sha256').update(JSON.stringify(outputs)).digest('hex');
const rowsIn = (outputs: readonly Output[]) =>
  outputs.flatMap((output) => (output.topic === 'streams.seconds' ? [output.record] : []));

/** Live: kills at random events, and somebody who looks at the figures in between. */
function liveOutputs(events: readonly LiveEvent[], seed: number): readonly Output[] {
  const chance = chances(seed);
  const driver = scoreDriver();
  const metrics = memoryMetrics();
  for (const event of events) {
    give(driver, event);
    const fate = chance();
    if (fate < 0.04) driver.restart();
    else if (fate < 0.1) driver.measure(metrics, event.atMs + 100_000 * chance());
  }
  return driver.outputs;
}

/** A few minutes of chat with silences and moments, in the order of time. */
const someChat = fc
  .record({
    seed: fc.nat(),
    perSecond: fc.constantFrom(0.05, 0.5, 2),
    moments: fc.array(fc.nat({ max: 280 }), { maxLength: 2 }),
  })
  .map(({ seed, perSecond, moments }) => chatOf({ seconds: 300, perSecond, moments, seed }));
const begin = liveEvent('start', 0, started);
const finish = liveEvent('end', 320, ended());

describe('a broadcast with every kind of event', () => {
  const expected = outputsOf(eventful(1));

  it('gives one hash in 100 orders within the lateness bound, at full speed and live with kills', () => {
    expect(highlightsIn(expected).length).toBeGreaterThan(1);
    for (let seed = 1; seed <= 100; seed += 1) {
      const events = eventful(seed);
      expect(hashOf(seed % 2 === 0 ? outputsOf(events) : liveOutputs(events, seed)), `order ${seed}`).toBe(
        hashOf(expected),
      );
    }
  });

  it('repeats after a crash what it said since its last snapshot, wherever both lie', () => {
    const events = eventful(2);
    const chance = chances(5);
    for (let round = 0; round < 12; round += 1) {
      const from = Math.floor(chance() * (events.length - 400));
      const crash = from + Math.floor(chance() * 400);
      const driver = scoreDriver();
      for (const event of events.slice(0, from)) give(driver, event);
      const goBack = driver.snapshot();
      const before = driver.outputs.length;
      for (const event of events.slice(from, crash)) give(driver, event);
      const lost = driver.outputs.splice(before);
      goBack();
      for (const event of events.slice(from)) give(driver, event);
      expect(JSON.stringify(driver.outputs.slice(before, before + lost.length)), `${from} to ${crash}`).toBe(
        JSON.stringify(lost),
      );
      expect(hashOf(driver.outputs), `${from} to ${crash}`).toBe(hashOf(expected));
    }
  });
});

describe('any broadcast', () => {
  it('some whole seconds later gives the same, some whole seconds later', () => {
    /** Without the highlights' ids, which are of their time. */
    const placed = (outputs: readonly Output[], backMs: number): string =>
      JSON.stringify(outputs, (key, value) => {
        if (key === 'highlightId') return undefined;
        return key.endsWith('Ms') && typeof value === 'number' ? value - backMs : value;
      });
    const shift = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((seconds) => seconds * 1000);
    fc.assert(
      fc.property(someChat, shift, fc.boolean(), (chat, shiftMs, withStart) => {
        const events = [...(withStart ? [begin] : []), ...chat, finish];
        const later = events.map((event) => ({ ...event, atMs: event.atMs + shiftMs }));
        expect(placed(outputsOf(later), shiftMs)).toBe(placed(outputsOf(events), 0));
      }),
      { numRuns: 25 },
    );
  });

  it('has a row for each second, absent ones with no message, and every message in its own', () => {
    fc.assert(
      fc.property(someChat, (chat) => {
        const rows = rowsIn(outputsOf([begin, ...chat, finish]));
        expect(rows.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 320 }, (_, i) => zeroAtMs + i * 1000));
        const counted = new Map<number, number>();
        for (const { atMs } of chat) {
          const second = Math.floor((atMs - zeroAtMs) / 1000);
          counted.set(second, (counted.get(second) ?? 0) + 1);
        }
        expect(rows.map(({ messages }) => messages)).toEqual(rows.map((_, second) => counted.get(second) ?? 0));
      }),
      { numRuns: 25 },
    );
  });

  it('says the same when its watermark moves after every event or after batches of any size', () => {
    const settings = new SettingsHistory();
    const closed = (chat: readonly LiveEvent[], sizes: readonly number[]) => {
      const stream = new Stream(weightsOf(defaultModel), 2000);
      stream.start(begin.atMs, '');
      const seconds = [];
      for (let from = 0, batch = 0; from < chat.length; batch += 1) {
        const to = from + (sizes[batch % sizes.length] ?? 1);
        for (const event of chat.slice(from, to)) stream.take({ event, partition: 0, offset: 0 });
        seconds.push(...stream.advance(settings));
        from = to;
      }
      const end = stream.end(finish.atMs, settings);
      return { seconds: [...seconds, ...end.seconds], ranked: end.ranked, fates: stream.fates.sum(null) };
    };
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(someChat, sizes, fc.nat(), (chat, cuts, seed) => {
        const arriving = delayed(chat, seed, 2000);
        expect(closed(arriving, cuts)).toEqual(closed(chat, [1]));
      }),
      { numRuns: 25 },
    );
  });

  it('counts what comes again or too late, with kills or without, and says nothing else because of it', () => {
    const stray = fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), fc.boolean());
    fc.assert(
      fc.property(someChat, fc.array(stray, { maxLength: 30, size: 'max' }), (chat, strays) => {
        fc.pre(chat.length > 10);
        const events: LiveEvent[] = [...chat];
        for (const [n, [at, of, again]] of strays.entries()) {
          const place = 1 + (at % events.length);
          const latest = Math.max(...events.slice(0, place).map(({ atMs }) => atMs));
          // Of the latest seconds mostly: these are known again, what is older is late.
          const known = events[of % 4 === 0 ? of % place : Math.max(0, place - 1 - (of % 20))] ?? begin;
          const late = liveEvent(`late${n}`, (latest - zeroAtMs) / 1000 - 2.001 - (of % 300), said('u1', 'POG'));
          events.splice(place, 0, again ? known : late);
        }
        const outputs = outputsOf([begin, ...events, finish]);
        const usual = outputsOf([begin, ...chat, finish]);
        expect(withoutFates(outputs)).toBe(withoutFates(usual));
        const { processed, late, duplicate } = rankingIn(outputs).fates;
        expect([processed, late + duplicate]).toEqual([chat.length, strays.length]);
        expect(hashOf(liveOutputs([begin, ...events, finish], chat.length))).toBe(hashOf(outputs));
      }),
      { numRuns: 40 },
    );
  });
});
