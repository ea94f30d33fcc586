import { ignoreElements, lastValueFrom, mergeMap, type Observable } from 'rxjs';
import type { Assignment } from '../ports/eventlog.ts';
import { groupOf, type Running, type RuntimeDependencies } from './dependencies.ts';
import { type PartitionProgress, StageProgress } from './progress.ts';

/**
 * Joins a stage's consumer group and works on every partition that it is given, beside each other, until it is stopped.
 * `work` ends by itself once `stopping` is aborted and what is in flight is finished and committed. Only then the group
 * is left: to leave is to lose the partitions, and what was under way would be void.
 */
export function startMember(
  stage: { readonly name: string; readonly inputs: readonly string[] },
  deps: RuntimeDependencies,
  work: (assignment: Assignment, stopping: AbortSignal, progress: PartitionProgress) => Observable<never>,
): Running {
  const stopping = new AbortController();
  const consumer = deps.log.consumer({ group: groupOf(deps.run, stage.name), topics: stage.inputs });
  const progress = new StageProgress(stage, deps.metrics, () => consumer.hasJoined);
  const working = new Set<Promise<void>>();
  const toTheEnd = (assignment: Assignment): Promise<void> => {
    const partition = progress.begin(assignment.partition);
    const ended = lastValueFrom(work(assignment, stopping.signal, partition), { defaultValue: undefined });
    const tracked: Promise<void> = ended.finally(() => {
      working.delete(tracked);
      progress.end(partition, assignment.lost.aborted && !stopping.signal.aborted);
    });
    working.add(tracked);
    return tracked;
  };
  const all = consumer.assignments.pipe(mergeMap(toTheEnd), ignoreElements());
  const done = lastValueFrom(all, { defaultValue: undefined });
  done.catch((error) => {
    progress.failure = error;
  });
  return {
    progress: [progress],
    done,
    stop: async () => {
      stopping.abort();
      // A failure is reported through `done`; stopping after it is still a clean stop.
      await Promise.allSettled(working);
      await consumer.stop();
      await done.catch(() => undefined);
    },
  };
}
