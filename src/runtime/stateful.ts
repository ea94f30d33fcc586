import { concat, defer, fromEvent, ignoreElements, lastValueFrom, mergeMap, type Observable, takeUntil } from 'rxjs';
import type { TopicName } from '../../topology/topics.ts';

import { cycleWhile } from '../operators/cyclewhile.ts';
import type { Assignment } from '../ports/eventlog.ts';
import type { StateStore } from '../ports/statestore.ts';
import { groupOf, type Running, type RuntimeDependencies } from './dependencies.ts';
import { endWhenFenced } from './fencing.ts';
import type { Entry } from './keyedpartition.ts';
import { OwnedPartition } from './ownedpartition.ts';
import type { StatefulStage } from './stage.ts';

export interface StatefulDependencies extends RuntimeDependencies {
  /** A new, empty store for a partition's states. */
  createStore<V>(): StateStore<V>;
}

/**
 * Runs a stateful stage: for every partition that it is given, recovers the state, then processes batches one after
 * the other until it is stopped or the partition is lost. Partitions run beside each other.
 */
export function startStateful<S, T extends TopicName>(stage: StatefulStage<S, T>, deps: StatefulDependencies): Running {
  const stopping = new AbortController();
  const consumer = deps.log.consumer({ group: groupOf(deps.run, stage.name), topics: stage.inputs });
  const work = consumer.assignments.pipe(
    takeUntil(fromEvent(stopping.signal, 'abort')),
    mergeMap((assignment) => ownPartition(stage, deps, assignment, stopping.signal)),
  );
  const done = lastValueFrom(work, { defaultValue: undefined });
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

function ownPartition<S, T extends TopicName>(
  stage: StatefulStage<S, T>,
  deps: StatefulDependencies,
  assignment: Assignment,
  stopping: AbortSignal,
): Observable<never> {
  return defer(() => {
    const owned = new OwnedPartition(stage, deps, deps.createStore<Entry<S>>(), assignment);
    const going = () => !stopping.aborted && !assignment.lost.aborted;
    const finish = async () => {
      if (owned.hasUncommitted && !assignment.lost.aborted) await owned.checkpoint();
    };
    return concat(
      defer(() => owned.recover()),
      cycleWhile(going, () => owned.cycle()),
      defer(finish),
    ).pipe(ignoreElements(), endWhenFenced(assignment));
  });
}
