import { describe, expect, test } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { readChangelog } from '../../src/runtime/recovery.ts';
import { startSink } from '../../src/runtime/sink.ts';
import type { SinkStage } from '../../src/runtime/stage.ts';
import { startStateful } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { madeChat } from '../support/madechat.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const events = madeChat({ seed: 5, streamId: 'one', seconds: 120, messagesPerSecond: 2, burstEverySec: 60 });
const clips = ['a', 'b', 'c'].map((id) => clip(id, id, { run: 'live', channelId: 'one' }));

describe('a stop that is not a crash', () => {
  test('leaves a stateful stage nothing to do again: its snapshots and offsets are those of the end', async () => {
    await withLog(undefined, 1, async (deps) => {
      await appendLive(deps, events);
      await scoreToTheEnd(deps);
      const changelog = await readChangelog(deps.log, deps.codec, 'score', 0);
      expect(changelog.offsets?.['live.analytics']).toBe(events.length);
      expect([...changelog.snapshots.keys()]).toEqual(['one']);
    });
  });

  test('ends also while the stage recovers', async () => {
    await withLog(undefined, 1, async (deps) => {
      await appendLive(deps, events);
      const stage = startStateful(scoreStage({ run: 'live' }), deps);
      await stage.stop();
      await expect(stage.done).resolves.toBeUndefined();
    });
  });

  test('lets a sink finish and commit what it was handed, and hand in again only what was not confirmed', async () => {
    await withLog(undefined, 1, async (deps) => {
      await deps.log.append(
        clips.map((record) => toAppend(deps.codec, { topic: 'clips.rendered', key: 'one', record })),
      );
      const handed: string[][] = [];
      const sink = async (confirm: (stop: () => void) => Promise<void>) => {
        const got: string[] = [];
        handed.push(got);
        const { promise: asked, resolve: stop } = Promise.withResolvers<void>();
        const handle: SinkStage['handle'] = async ([input]) => {
          got.push(input?.topic === 'clips.rendered' ? input.record.clipId : '');
          await confirm(stop);
        };
        const stage = startSink(
          { name: 'notify', inputs: ['clips.rendered'], waitsFor: 'webhook', maxBatch: 1, handle },
          deps,
        );
        await asked;
        await stage.stop();
        await stage.done;
      };
      // Stopped in the middle of a delivery that succeeds; then in the middle of one that does not.
      await sink(async (stop) => {
        stop();
        await new Promise(setImmediate);
      });
      await sink(async (stop) => {
        stop();
        throw new CliptideError('unavailable', 'the receiver is away');
      });
      await sink(async (stop) => {
        if (handed.at(-1)?.includes('c')) stop();
      });
      expect(handed).toEqual([['a'], ['b'], ['b', 'c']]);
    });
  });
});
