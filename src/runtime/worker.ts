import { fromEvent, lastValueFrom, mergeMap, takeUntil } from 'rxjs';
import type { TopicName } from '../../topology/topics.ts';
import { groupOf, type Running, type RuntimeDependencies } from './dependencies.ts';
import { Slots } from './slots.ts';
import type { WorkerStage } from './stage.ts';
import { WorkerPartition } from './workerpartition.ts';

/**
 * Runs a worker stage: at most `concurrency` tasks at a time over all partitions that it is given, with retries,
 * deadlines and a record of every try. Announces its credits, so that conduct hands out no more than it can take.
 */
export function startWorker<T extends TopicName>(
  stage: WorkerStage<T>,
  deps: RuntimeDependencies,
  concurrency: number,
): Running {
  const stopping = new AbortController();
  const slots = new Slots(concurrency);
  const consumer = deps.log.consumer({ group: groupOf(deps.run, stage.name), topics: [stage.input] });
  const work = consumer.assignments.pipe(
    takeUntil(fromEvent(stopping.signal, 'abort')),
    mergeMap((assignment) => new WorkerPartition(stage, deps, slots, assignment, stopping.signal).work()),
  );
  const done = lastValueFrom(work, { defaultValue: undefined });
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done.catch(() => undefined);
      await consumer.stop();
    },
  };
}
