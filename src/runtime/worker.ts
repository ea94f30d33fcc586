import type { TopicName } from '../../topology/topics.ts';
import type { Running, RuntimeDependencies } from './dependencies.ts';
import { startMember } from './membership.ts';
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
  const slots = new Slots(concurrency);
  const { name } = stage;
  deps.metrics.set('cliptide_worker_credits', concurrency, { stage: name });
  deps.metrics.set('cliptide_worker_tasks_in_flight', 0, { stage: name });
  for (const outcome of ['done', 'retried', 'failed']) {
    deps.metrics.add('cliptide_worker_attempts_total', 0, { stage: name, outcome });
  }
  return startMember({ name, inputs: [stage.input] }, deps, (assignment, stopping, progress) =>
    new WorkerPartition({ stage, deps, slots, assignment, stopping, progress }).work(),
  );
}
