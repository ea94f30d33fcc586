import { concat, defer, ignoreElements, type Observable } from 'rxjs';
import type { TopicName } from '../../topology/topics.ts';
import { cycleWhile } from '../operators/cyclewhile.ts';
import type { Assignment } from '../ports/eventlog.ts';
import type { StateStore } from '../ports/statestore.ts';
import type { Running, RuntimeDependencies } from './dependencies.ts';
import { endWhenOver } from './fencing.ts';
import type { Entry } from './keyedpartition.ts';
import { startMember } from './membership.ts';
import { OwnedPartition } from './ownedpartition.ts';
import type { PartitionProgress } from './progress.ts';
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
  return startMember(stage, deps, (assignment, stopping, progress) =>
    ownPartition(stage, deps, assignment, stopping, progress),
  );
}

function ownPartition<S, T extends TopicName>(
  stage: StatefulStage<S, T>,
  deps: StatefulDependencies,
  assignment: Assignment,
  stopping: AbortSignal,
  progress: PartitionProgress,
): Observable<never> {
  return defer(() => {
    const owned = new OwnedPartition(stage, deps, deps.createStore<Entry<S>>(), assignment, { progress, stopping });
    const going = () => !stopping.aborted && !assignment.lost.aborted;
    const finish = async () => {
      if (owned.hasUncommitted && !assignment.lost.aborted) await owned.checkpoint();
      owned.measure();
    };
    return concat(
      defer(() => owned.recover()),
      cycleWhile(going, () => owned.cycle()),
      defer(finish),
    ).pipe(ignoreElements(), endWhenOver(assignment, stopping));
  });
}
