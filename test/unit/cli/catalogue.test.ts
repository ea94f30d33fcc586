import { expect, it } from 'vitest';
import { type CatalogueParts, endedBroadcasts } from '../../../src/cli/backfill/catalogue.ts';
import { CliptideError, type ErrorCode } from '../../../src/domain/errors.ts';

/** A catalogue without a log, whose one file of events cannot be opened. */
function failing(code: ErrorCode, warned: string[]): CatalogueParts {
  const clips = {
    list: async () => [{ key: 'events/a.avro', bytes: 1, storedAtMs: 0 }],
    open: () => Promise.reject(new CliptideError(code, 'it cannot be had')),
  };
  return {
    log: { partitions: () => 0 },
    clips,
    logger: { warn: (text: string) => warned.push(text) },
  } as unknown as CatalogueParts;
}

it.each(['corrupt', 'media-gone'] as const)('a file of events is passed over, aloud, when it is %s', async (code) => {
  const warned: string[] = [];
  expect((await endedBroadcasts(failing(code, warned))).size).toBe(0);
  expect(warned).toEqual(['a file of events was passed over']);
});

it.each(['unavailable', 'timeout', 'budget', 'space'] as const)(
  'a broadcast is not missing when the store of its events has trouble (%s)',
  async (code) => {
    await expect(endedBroadcasts(failing(code, []))).rejects.toMatchObject({ code });
  },
);
