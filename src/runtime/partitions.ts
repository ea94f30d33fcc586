import { ignoreElements, lastValueFrom, mergeMap, type Observable } from 'rxjs';
import type { Assignment, Consumer } from '../ports/eventlog.ts';
import type { Running } from './dependencies.ts';

/**
 * Works on every partition that a consumer is given, beside each other. A stop lets them finish and commit first and
 * leaves the group only then: to leave is to lose the partitions, and what was under way would be void.
 */
export function startPartitions(
  consumer: Consumer,
  own: (assignment: Assignment, stopping: AbortSignal) => Observable<never>,
): Running {
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  const ownToTheEnd = (assignment: Assignment): Promise<void> => {
    const owning = lastValueFrom(own(assignment, stopping.signal), { defaultValue: undefined });
    const tracked = owning.finally(() => working.delete(tracked));
    working.add(tracked);
    return tracked;
  };
  const work = consumer.assignments.pipe(mergeMap(ownToTheEnd), ignoreElements());
  const done = lastValueFrom(work, { defaultValue: undefined });
  return {
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
