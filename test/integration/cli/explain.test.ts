import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { explanationIn } from '../../support/explanations.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-explain-'));
afterAll(() => rmSync(work, { recursive: true }));

beforeAll(() => {
  const lines = chatRows(660).map(tsvLine);
  const place = lines.findIndex((line) => Number(line.split('\t')[0]) > 204_500);
  const steering = '204500\tann\t\u001b[31mred and loud';
  writeFileSync(join(work, 'chat.tsv'), `${[...lines.slice(0, place), steering, ...lines.slice(place)].join('\n')}\n`);
});

const explain = (...args: string[]) => cliptide(['explain', ...args], { cwd: work });

describe('cliptide explain --chat', () => {
  it('explains a highlight with the score, threshold and contributions that `score` prints', async () => {
    const { out } = await cliptide(['score', 'chat.tsv', '--json'], { cwd: work });
    const [highlight] = rowsOf(out, 'highlight');
    const peakSec = Number(highlight?.peakSec);
    const { code, out: printed } = await explain('--chat', 'chat.tsv', '--at', String(peakSec), '--json');
    expect(code).toBe(0);
    const { score, threshold, highlightId, model, streamId, startSec, endSec } = highlight ?? {};
    const row = explanationIn(printed);
    expect(row).toMatchObject({ from: 'chat', streamId, model, explained: { sec: peakSec, score, threshold } });
    expect(row).toMatchObject({ outcome: { emitted: true, emittedSec: peakSec, highlightId, hindrance: null } });
    const errors = { startErrorSec: expect.any(Number), endErrorSec: expect.any(Number) };
    expect(row).toMatchObject({ moment: { startSec, endSec, ...errors } });
    const contributions = Object.fromEntries(row.features.map(({ name, contribution }) => [name, contribution]));
    expect({ ...contributions, intercept: row.baseline }).toEqual(highlight?.contributions);
  });

  it('explains the nearest maximum beside a second that is none, and says so; text of chat steers no terminal', async () => {
    const { out: object } = await explain('--chat', 'chat.tsv', '--at', '0:03:32', '--json');
    const { asked, explained } = explanationIn(object);
    expect([asked?.sec, explained.chosen]).toEqual([212, 'maximum']);
    expect(Math.abs(explained.sec - 212)).toBeLessThanOrEqual(15);
    const { code, out } = await explain('--chat', 'chat.tsv', '--at', '212');
    expect(code).toBe(0);
    expect(out).toMatch(/explained here is the nearest maximum of the score, \d+ s (before|after)/);
    expect(out).toMatch(/What would have changed it:\n {2}\S/);
    expect(object).toContain('\ufffd[31mred and loud');
    for (const text of [object, out]) expect(text.split('\u001b')).toEqual([text]);
  });

  it('says truly with which wishes a highlight would have been emitted, as `score` then finds it or not', async () => {
    const { out } = await explain('--chat', 'chat.tsv', '--at', '405', '--json');
    const { explained, counterfactuals } = explanationIn(out);
    const { perHour, notEmittedWith, emittedWith } = counterfactuals.wish;
    expect(perHour).toBe(7.5);
    const edges = [notEmittedWith, emittedWith].map(([first]) => first?.to ?? first?.from);
    const near = async (wish: number | null | undefined): Promise<boolean> => {
      const env = { CLIPTIDE_HIGHLIGHTS_PER_HOUR: String(wish) };
      const { code, out: scored } = await cliptide(['score', 'chat.tsv', '--json'], { cwd: work, env });
      expect(code).toBe(0);
      return rowsOf(scored, 'highlight').some(({ peakSec }) => Math.abs(Number(peakSec) - explained.sec) <= 15);
    };
    expect(await Promise.all(edges.map(near))).toEqual([false, true]);
  });

  it('refuses seconds outside of the chat, what is no second, empty chats and half a question', async () => {
    writeFileSync(join(work, 'empty.tsv'), '');
    const ends = await Promise.all([
      explain('--chat', 'chat.tsv', '--at', '661'),
      explain('--chat', 'chat.tsv', '--at', 'noon'),
      explain('--chat', 'empty.tsv', '--at', '1'),
      explain('--chat', 'missing.tsv', '--at', '1'),
      explain('--chat', 'chat.tsv'),
      explain(),
      explain('abcdef', '--chat', 'chat.tsv', '--at', '1'),
      explain('abcdef', '--at', '1'),
    ]);
    for (const { code, out, err } of ends) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('to do');
    }
    expect(ends[0]?.err).toMatch(/second 661 lies outside of the chat\n.*--at 661\n.*from second 0 to 659/);
    expect(ends[2]?.err).toContain('where: empty.tsv');
  });
});
