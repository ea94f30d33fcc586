import { afterEach, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { foundLine } from '../../../src/cli/live/announce.ts';
import { laterLine, sumLine, summaryRow } from '../../../src/cli/live/ending.ts';
import { detectedAtMs, missedLine, nextTry } from '../../../src/cli/live/missed.ts';
import { exitOf, outcomeOf } from '../../../src/cli/live/outcome.ts';
import { openStorage } from '../../../src/cli/node/storage.ts';
import type { JournalEntry, RenderedClip } from '../../../src/domain/records.gen.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import type { Output } from '../../../src/runtime/stage.ts';
import { clip, detected, entry, moment, ranking, zero } from '../../support/recordinputs.ts';

const logger = pinoLogger({ level: 'silent' });
const ids = { streamId: 's1', channelId: 'c1' };
let lifecycle = new Lifecycle(logger);
afterEach(async () => {
  await lifecycle.stop(1_000);
  lifecycle = new Lifecycle(logger);
});

async function holding(...outputs: readonly Output[]) {
  const deps = await openStorage({ folder: undefined, partitions: 1, logger }, lifecycle);
  await deps.log.append(outputs.map((output) => toAppend(deps.codec, output)));
  return deps;
}

/** What is said of a broadcast whose topics hold these records. */
const outcome = async (...outputs: readonly Output[]) => outcomeOf(ids, await holding(...outputs));

const found = (id: string): Output => ({ topic: 'highlights.detected', key: 'c1', record: detected(id, 60) });
const said = (record: JournalEntry): Output => ({ topic: 'highlights.journal', key: 'c1', record });
const tried = (id: string, over: Partial<RenderedClip>): Output => ({
  topic: 'clips.rendered',
  key: 'c1',
  record: clip(`${id}-${over.preset}`, id, over),
});

/** A highlight's life up to its render, then the state it came to. */
function life(id: string, presets: readonly string[], ...then: readonly JournalEntry['toState'][]): Output[] {
  const states = ['detected', 'refining', 'refined', 'approved', 'rendering', ...then];
  return [found(id), ...states.map((toState, index) => said(entry(id, index, { toState, ...more(toState, presets) })))];
}

const more = (toState: string, presets: readonly string[]): Partial<JournalEntry> =>
  toState === 'detected' ? { highlight: moment(60, '') } : toState === 'rendering' ? { presets } : {};

const failed = { outcome: 'failed', bytes: 0 };
const full = 'budget: 1 more do not fit: 1 used and 0 reserved of 1 (channel:c1:clipCount)';

test('a clip that a budget refused makes it 3, also beside one that could not be cut; each is counted', async () => {
  const end = await outcome(
    ...life('a', ['source', 'copy'], 'failed'),
    tried('a', { preset: 'source' }),
    tried('a', { preset: 'copy', ...failed, error: full }),
    ...life('b', ['source'], 'failed'),
    tried('b', { preset: 'source', ...failed, error: 'media-gone: it left the playlist' }),
    { topic: 'highlights.ranked', key: 'c1', record: ranking() },
  );
  expect(end).toMatchObject({ highlights: 2, wanted: 3, made: 1, refused: 1, failed: 1, open: 0 });
  expect(end.fates).toEqual(ranking().fates);
  expect(exitOf(end)).toBe(3);
  const fates = { read: 9, processed: 4, late: 2, duplicate: 1, deadLettered: 1, ignored: 1 };
  expect(sumLine('s1', { ...end, fates })).toBe(
    'sum of s1: 9 events: 4 processed, 2 late, 1 duplicate, 1 dead, 1 ignored; 2 highlights; ' +
      '1 of 3 clips made, 1 refused by a budget or for want of space, 1 could not be cut',
  );
  const clips = { clipsWanted: 3, clipsMade: 1, clipsRefused: 1, clipsFailed: 1 };
  expect(summaryRow('s1', { ...end, fates })).toEqual({
    ...{ kind: 'summary', streamId: 's1', ...fates, highlights: 2, ...clips },
  });
});

test('a clip that could not be cut makes it 1; of a disk without room it is 3', async () => {
  const end = await outcome(
    ...life('a', ['source'], 'failed'),
    tried('a', { preset: 'source', ...failed, error: 'media-gone: budget: is a word of the archive' }),
  );
  expect(exitOf(end)).toBe(1);
  expect(sumLine('s1', end)).toMatch(/; 1 highlight; 0 of 1 clip made, 1 could not be cut$/);
  expect(exitOf({ refused: 1, failed: 0 })).toBe(3);
});

test('what was refused and made at a later try is made and stays it, and what nobody wanted is missed by nobody', async () => {
  const again = ['failed', 'approved', 'rendering', 'rendered'];
  const end = await outcome(
    ...life('a', ['source'], ...again),
    tried('a', { preset: 'source', ...failed, error: full }),
    tried('a', { preset: 'source' }),
    tried('a', { preset: 'source', ...failed, error: full }),
    ...life('b', ['source'], 'rejected'),
    tried('b', { preset: 'source', ...failed, error: full }),
    ...life('other run', ['source'], 'failed').map((output) => ({
      ...output,
      record: { ...output.record, run: 'backfill' } as never,
    })),
  );
  expect(end).toMatchObject({ highlights: 2, wanted: 1, made: 1, refused: 0, failed: 0, open: 0 });
  expect(exitOf(end)).toBe(0);
});

test('highlights whose clips are neither made nor given up are open', async () => {
  const end = await outcome(found('a'), ...life('b', ['source']), ...life('c', ['source'], 'rendered'));
  expect(end.open).toBe(2);
});

test('a highlight that a killed scorer told of twice is one', async () => {
  const end = await outcome(found('a'), ...life('a', ['source'], 'rendered'), tried('a', { preset: 'source' }));
  expect(end).toMatchObject({ highlights: 1, wanted: 1, made: 1, open: 0 });
});

test('of a refused clip it says when it is tried again, by how often it was refused before, and what to do', async () => {
  const again = ['failed', 'approved', 'rendering'];
  const refused = (revision: number) => said(entry('a', revision, { toState: 'failed', reason: full }));
  const twice = life('a', ['source'], ...again, ...again).map((output, index) =>
    index === 6 || index === 9 ? refused(index - 1) : output,
  );
  const clipOf = (error: string) => clip('a-source', 'a', { ...failed, error });
  const next = await nextTry(clipOf(full), await holding(...twice));
  expect(next).toBe(4 * 60_000);
  expect(missedLine(clipOf(full), '00:06:43', '/my clips', next)).toBe(
    `a clip of the highlight at 00:06:43 is refused: ${full}; tried again in 4 minutes\n` +
      "  to do: raise the budget: npx cliptide budget set c1 clipCount=AMOUNT --data '/my clips'",
  );
  expect(missedLine(clipOf('space: only 1 MB are free'), '00:06:43', 'd', 3_600_000)).toMatch(
    /is refused: .*; tried again in an hour\n {2}to do: free some space/,
  );
  expect(missedLine(clipOf('media-gone: it is not there'), '00:06:43', 'd', undefined)).toBe(
    'a clip of the highlight at 00:06:43 failed: media-gone: it is not there',
  );
});

test('a clip whose media is gone is not said to be tried again; one after a deadline is, twice', async () => {
  const deps = await holding(...life('a', ['source']));
  expect(await nextTry(clip('k', 'a', { ...failed, error: 'media-gone: it is not there' }), deps)).toBeUndefined();
  expect(await nextTry(clip('k', 'a', { ...failed, error: 'timeout: slow' }), deps)).toBe(60_000);
});

test('what to raise is the cap of the scope that is full: the cache has its own within that of the folder', () => {
  const said = (scope: string) =>
    missedLine(
      clip('k', 'a', { ...failed, error: `budget: 1 more do not fit (${scope})` }),
      '00:06:43',
      'd',
      undefined,
    );
  expect(said('node:n%201:cache')).toContain('to do: raise cacheCapBytes, which counts towards dataCapBytes');
  expect(said('node:n%201:work')).toContain('to do: raise dataCapBytes (');
  expect(said('clips')).toContain('to do: raise dataCapBytes (');
});

test('a missed clip is named by the time by which its highlight was said, also where refining has moved its start', async () => {
  const missed = clip('k', 'a', { ...failed, startMs: zero });
  expect(await detectedAtMs(missed, await holding(found('a')))).toBe(zero + 50_000);
  expect(await detectedAtMs(missed, await holding(found('b')))).toBe(zero);
});

test('a highlight without words ends without a colon', () => {
  expect(foundLine(detected('a', 60), zero)).toBe('highlight at 00:00:50, score 4.00: wow');
  expect(foundLine(detected('a', 60, { terms: [] }), zero)).toBe('highlight at 00:00:50, score 4.00');
});

test('the command that tries again has the configuration that was given', () => {
  expect(laterLine('--data d', 'my node.json')).toContain("npx cliptide --config 'my node.json' run --data d:");
  expect(laterLine('--data d', undefined)).toContain('npx cliptide run --data d:');
});
