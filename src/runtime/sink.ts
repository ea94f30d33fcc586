import { concat, defer, ignoreElements, type Observable } from 'rxjs';
import type { TopicName } from '../../topology/topics.ts';
import { toCliptideError } from '../domain/errors.ts';
import { cycleWhile } from '../operators/cyclewhile.ts';
import type { Assignment, LogRecord } from '../ports/eventlog.ts';
import { deadLetter } from './deadletters.ts';
import type { Running, RuntimeDependencies } from './dependencies.ts';
import { endWhenOver } from './fencing.ts';
import { startMember } from './membership.ts';
import { toAppend, toInput } from './records.ts';
import { patiently } from './retry.ts';
import type { Input, Output, SinkStage } from './stage.ts';

const pollWaitMs = 200;

/**
 * Runs a sink: hands batches to it and commits when they are durable there. While it is away the offsets are held and
 * nothing more is read, so memory stays flat.
 */
export function startSink(stage: SinkStage, deps: RuntimeDependencies): Running {
  return startMember(stage, deps, (assignment, stopping) => drainPartition(stage, deps, assignment, stopping));
}

function drainPartition(
  stage: SinkStage,
  deps: RuntimeDependencies,
  assignment: Assignment,
  stopping: AbortSignal,
): Observable<never> {
  const positions: Record<string, number> = {};
  const patient = <R>(step: () => Promise<R>): Promise<R> =>
    patiently(step, AbortSignal.any([stopping, assignment.lost]), (error) =>
      deps.logger.warn(`${stage.name} waits`, { error: String(error) }),
    );
  const cycle = async (): Promise<void> => {
    const records = await assignment.poll({ maxRecords: stage.maxBatch, waitMs: pollWaitMs });
    if (records.length === 0) return;
    await patient(() => deps.codec.prepare(records.map((record) => record.value)));
    const { inputs, dead } = sorted(stage, deps, records);
    await patient(() => stage.handle(inputs, stopping));
    if (dead.length > 0) await deps.log.append(dead.map((output) => toAppend(deps.codec, output)));
    for (const record of records) positions[record.topic] = record.offset + 1;
    await assignment.commit(positions);
  };
  const going = () => !stopping.aborted && !assignment.lost.aborted;
  return concat(
    defer(async () => Object.assign(positions, await assignment.committed())),
    cycleWhile(going, cycle),
  ).pipe(ignoreElements(), endWhenOver(assignment, stopping));
}

function sorted(stage: SinkStage, deps: RuntimeDependencies, records: readonly LogRecord[]) {
  const inputs: Input[] = [];
  const dead: Output[] = [];
  for (const record of records) {
    try {
      inputs.push(toInput<TopicName>(deps.codec, record));
    } catch (error) {
      dead.push(deadLetter(stage.name, record, toCliptideError(error), deps.clock.now()));
    }
  }
  return { inputs, dead };
}
