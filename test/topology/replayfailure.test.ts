import { expect, it } from 'vitest';
import { replayBroadcast } from '../../src/cli/backfill/replay.ts';
import { CliptideError } from '../../src/domain/errors.ts';
import { chosenFrom } from '../../src/domain/scoring/modelchoice.ts';
import type { LogRecord } from '../../src/ports/eventlog.ts';
import type { Results } from '../../src/ports/results.ts';
import type { ReplaySource } from '../../src/runtime/replay/source.ts';
import { ended, liveEvent, said, started } from '../support/chatstream.ts';
import { withLog } from '../support/scoredlog.ts';

/** Longer than what may wait for the results: a second in a hundred says something. */
const seconds = 40_000;
const events = [
  liveEvent('start', 0, started),
  ...Array.from({ length: seconds / 100 }, (_, at) => liveEvent(`e${at}`, at * 100, said('u', 'hello'))),
  liveEvent('end', seconds, ended()),
];

it('a replay whose results refuse its rows ends with their reason, and waits for nothing any more', async () => {
  await withLog(undefined, 1, async (deps) => {
    const topic = 'live.analytics';
    const records = events.map((event, offset): LogRecord => {
      const value = deps.codec.encode(topic, event);
      return { topic, partition: 0, offset, key: event.channelId, value, headers: {}, appendedAtMs: event.atMs };
    });
    let given = 0;
    const source: ReplaySource = {
      settings: async () => [],
      archive: async () => [],
      live: async function* () {
        for (let from = 0; from < records.length; from += 50) {
          yield records.slice(from, from + 50);
          given = from + 50;
        }
      },
    };
    const refuse = () => Promise.reject(new CliptideError('forbidden', 'this user may not write'));
    const refusing: Results = {
      migrate: refuse,
      // Not before more of the curve waits than may.
      insert: async () => {
        while (given < 200) await new Promise((resolve) => setTimeout(resolve, 10));
        await new Promise((resolve) => setTimeout(resolve, 500));
        return refuse();
      },
      retention: refuse,
      retain: refuse,
      query: refuse,
      close: async () => undefined,
    };
    const parts = { deps, results: refusing, models: chosenFrom([]), clips: undefined, defaultPresets: ['source'] };
    const replay = replayBroadcast(
      { streamId: 'stream-1', channelId: 'channel-1' },
      source,
      { ...parts, shutdownDeadlineMs: 5_000 },
      new AbortController().signal,
      () => undefined,
    );
    await expect(replay).rejects.toMatchObject({ code: 'forbidden' });
  });
});
