import { expect, test } from 'vitest';
import type { Cut, Missing } from '../../../src/cli/recording/cut.ts';
import { mustBeOfUse } from '../../../src/cli/recording/cutreport.ts';
import { missingBlocks } from '../../../src/cli/recording/missingblocks.ts';
import { RenderFailures } from '../../../src/cli/recording/renderfailures.ts';
import { CliptideError, type ErrorCode, type ErrorDetails } from '../../../src/domain/errors.ts';
import type { RenderTask } from '../../../src/domain/records.gen.ts';
import { zero } from '../../support/recordinputs.ts';

const places = { vod: 'video.mp4', out: 'clips' };

function missing(rank: number, code: ErrorCode, details: ErrorDetails, message = 'it is away'): Missing {
  const times = { startMs: zero, peakMs: zero + rank * 60_000, endMs: zero };
  const candidate = { ...times, rank, highlightId: `h${rank}`, emitted: false, score: 1, contributions: {}, terms: [] };
  const error = new CliptideError(code, message, details);
  return { candidate, reason: `${code}: ${message} (${details.where})`, errors: [error] };
}
const blocks = (...all: readonly Missing[]) => missingBlocks(all, places, zero).join('\n');

test('a moment that fails says where and what to do; equal ones in a row say it once, after the last', () => {
  const refused = { where: 'http://10.0.0.1/a.ts', hint: 'set fetch.allow' };
  const other = { where: 'http://10.0.0.1/b.ts', hint: 'set fetch.allow' };
  expect(
    blocks(missing(1, 'forbidden', refused), missing(2, 'forbidden', refused), missing(3, 'forbidden', other)),
  ).toBe(
    [
      'cliptide: rank 1 at 00:01:00 could not be cut: it is away',
      'cliptide: rank 2 at 00:02:00 could not be cut: it is away',
      '  where: http://10.0.0.1/a.ts',
      '  to do: set fetch.allow',
      'cliptide: rank 3 at 00:03:00 could not be cut: it is away',
      '  where: http://10.0.0.1/b.ts',
      '  to do: set fetch.allow',
    ].join('\n'),
  );
});

test('what the recording does not hold is where the recording is, and points at the offset', () => {
  expect(blocks(missing(1, 'media-gone', {}))).toMatch(/\n {2}where: video\.mp4\n {2}to do: check .*--offset/);
});

test('of an address that a person gave its token is not said', () => {
  const remote = { vod: 'https://me:SECRET@o.test/v.mp4?token=SECRET', out: 'clips' };
  const one = missing(1, 'media', {});
  expect(missingBlocks([one], remote, zero).join()).toContain('\n  where: https://o.test/v.mp4');
  expect(missingBlocks([{ ...one, errors: [] }], remote, zero).join()).toMatch(/where: https:\/\/o\.test\/v\.mp4$/);
  for (const isRecordingGone of [false, true]) {
    const code = isRecordingGone ? 'unavailable' : 'media';
    const cut: Cut = { rows: [], missing: [missing(1, code, {})], isRecordingGone };
    expect(() => mustBeOfUse(cut, remote)).toThrow(expect.objectContaining({ where: 'https://o.test/v.mp4' }));
  }
});

test('what its server does not give says so itself', () => {
  const gone = missing(1, 'media-gone', { where: 'http://o.test/s1.ts', hint: 'Keep a longer tail.' });
  expect(blocks(gone)).toMatch(/\n {2}where: http:\/\/o\.test\/s1\.ts\n {2}to do: Keep a longer tail\.$/);
});

test('a full scope names its cap, and a full disk the folder of the clips, not the one that is gone', () => {
  const cache = missing(1, 'budget', { where: 'node:local:cache', hint: 'raise the budget' });
  expect(blocks(cache)).toContain('where: node:local:cache\n  to do: raise cacheCapBytes');
  const hourly = missing(1, 'budget', { where: 'channel:c1:fetchedBytes:2026-05-01T12', hint: 'raise the budget' });
  expect(blocks(hourly)).toContain('to do: raise budget.fetchedBytesPerHour (');
  const disk = missing(1, 'space', { where: 'clips/.cliptide-7-x/cache', hint: 'free some space' });
  expect(blocks(disk)).toMatch(/where: clips\n {2}to do: free some space$/);
  const inVain = (one: Missing) => {
    const cut: Cut = { rows: [], missing: [one], isRecordingGone: false };
    try {
      mustBeOfUse(cut, places);
    } catch (error) {
      return error;
    }
  };
  expect(inVain(cache)).toMatchObject({ code: 'budget', hint: expect.stringContaining('raise cacheCapBytes') });
  expect(inVain(disk)).toMatchObject({ code: 'space', where: 'clips', message: 'no clip was made: it is away' });
});

test('of the presets of a highlight that fail for one reason the error is there once', () => {
  const failures = new RenderFailures();
  for (const message of ['away', 'away', 'full']) {
    failures.take({ highlightId: 'h' } as RenderTask, new CliptideError('media', message));
  }
  expect(failures.of('h').map(({ message }) => message)).toEqual(['away', 'full']);
  expect(failures.of('another')).toEqual([]);
});
