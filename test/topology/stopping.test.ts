import { describe, expect, test } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { readChangelog } from '../../src/runtime/recovery.ts';
import { startSink } from '../../src/runtime/sink.ts';
import type { SinkStage, WorkerStage } from '../../src/runtime/stage.ts';
import { startStateful } from '../../src/runtime/stateful.ts';
import { startWorker } from '../../src/runtime/worker.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { madeChat } from '../support/madechat.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';
import { countingWorker, refinedOutcome, refineTask } from '../support/taskstages.ts';

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

  test('waits for what a worker has under way, and its outcome is there', async () => {
    await withLog(undefined, 1, async (deps) => {
      await deps.log.append([toAppend(deps.codec, refineTask('a', 'one'))]);
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      const run: WorkerStage<'refine.tasks'>['run'] = async (_task, { signal }) => {
        begin();
        // A step that the stop takes in the middle of its last move: it ends later than the wait for a next task.
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await deps.clock.sleep(500);
        return { outputs: [refinedOutcome('a', 'one')], bytesFetched: 0, cpuSeconds: 0 };
      };
      const worker = startWorker({ ...countingWorker().stage, run }, deps, 1);
      await Promise.race([begun, worker.done]);
      await worker.stop();
      expect((await deps.log.bounds('highlights.refined', 0)).end).toBe(1);
      const { stage, done } = countingWorker();
      const again = startWorker(stage, deps, 1);
      await deps.log.append([toAppend(deps.codec, refineTask('b', 'one'))]);
      while (!done.includes('b')) await Promise.race([again.done, deps.clock.sleep(10)]);
      await again.stop();
      expect(done).toEqual(['b']);
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
