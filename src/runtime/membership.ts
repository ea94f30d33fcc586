import { fromEvent, lastValueFrom, mergeMap, type Observable, takeUntil } from 'rxjs';
import type { Assignment } from '../ports/eventlog.ts';
import { groupOf, type Running, type RuntimeDependencies } from './dependencies.ts';

/**
 * Joins a stage's consumer group and works on every partition that it is given, beside each other, until it is stopped.
 * `work` ends by itself once `stopping` is aborted and what is in flight is finished.
 */
export function startMember(
  stage: { readonly name: string; readonly inputs: readonly string[] },
  deps: RuntimeDependencies,
  work: (assignment: Assignment, stopping: AbortSignal) => Observable<never>,
): Running {
  const stopping = new AbortController();
  const consumer = deps.log.consumer({ group: groupOf(deps.run, stage.name), topics: stage.inputs });
  const all = consumer.assignments.pipe(
    takeUntil(fromEvent(stopping.signal, 'abort')),
    mergeMap((assignment) => work(assignment, stopping.signal)),
  );
  const done = lastValueFrom(all, { defaultValue: undefined });
  return {
    done,
    stop: async () => {
      stopping.abort();
      // A failure is reported through `done`; stopping after it is still a clean stop.
      await done.catch(() => undefined);
      await consumer.stop();
    },
  };
}
