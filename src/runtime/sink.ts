import { concat, defer, ignoreElements, type Observable } from 'rxjs';
import type { TopicName } from '../../topology/topics.ts';
import { toCliptideError } from '../domain/errors.ts';
import { cycleWhile } from '../operators/cyclewhile.ts';
import type { Assignment, LogRecord } from '../ports/eventlog.ts';
import { deadLetter } from './deadletters.ts';
import type { Running, RuntimeDependencies } from './dependencies.ts';
import { endWhenOver } from './fencing.ts';
import { passGaps } from './gaps.ts';
import { startMember } from './membership.ts';
import type { PartitionProgress } from './progress.ts';
import { toAppend, toInput } from './records.ts';
import type { Output, SinkInput, SinkStage } from './stage.ts';
import { type WaitedFor, waitingStep } from './waits.ts';

const pollWaitMs = 200;

/**
 * Runs a sink: hands batches to it and commits when they are durable there. While it is away the offsets are held and
 * nothing more is read, so memory stays flat.
 */
export function startSink(stage: SinkStage, deps: RuntimeDependencies): Running {
  const { name, waitsFor } = stage;
  deps.metrics.add('cliptide_waits_total', 0, { stage: name, on: waitsFor });
  return startMember(stage, deps, (assignment, stopping, progress) =>
    drainPartition(stage, deps, assignment, stopping, progress),
  );
}

function drainPartition(
  stage: SinkStage,
  deps: RuntimeDependencies,
  assignment: Assignment,
  stopping: AbortSignal,
  progress: PartitionProgress,
): Observable<never> {
  const { metrics, clock } = deps;
  const labels = { stage: stage.name };
  const positions: Record<string, number> = {};
  const until = AbortSignal.any([stopping, assignment.lost]);
  const patient = <R>(step: () => Promise<R>, on: WaitedFor): Promise<R> =>
    waitingStep(deps, { stage: stage.name, on, until }, step);
  const cycle = async (): Promise<void> => {
    const records = await assignment.poll({ maxRecords: stage.maxBatch, waitMs: pollWaitMs });
    if (records.length === 0) return;
    const startedAtMs = clock.now();
    metrics.add('cliptide_stage_records_total', records.length, labels);
    await patient(() => deps.codec.prepare(records.map((record) => record.value)), 'registry');
    const { inputs, dead } = sorted(stage, deps, records);
    await patient(() => stage.handle(inputs, stopping), stage.waitsFor);
    const letters = dead.map((output) => toAppend(deps.codec, output));
    if (letters.length > 0) await patient(() => deps.log.append(letters), 'log');
    metrics.add('cliptide_dead_letters_total', dead.length, labels);
    for (const record of records) positions[record.topic] = record.offset + 1;
    await patient(() => assignment.commit(positions), 'log');
    metrics.observe('cliptide_commit_cycle_seconds', (clock.now() - startedAtMs) / 1_000, labels);
  };
  const going = () => !stopping.aborted && !assignment.lost.aborted;
  return concat(
    defer(async () => {
      const committed = await patient(() => assignment.committed(), 'log');
      Object.assign(positions, await patient(() => passGaps(deps, stage, assignment, committed), 'log'));
      progress.positions = positions;
      progress.isRecovered = true;
    }),
    cycleWhile(going, cycle),
  ).pipe(ignoreElements(), endWhenOver(assignment, stopping));
}

function sorted(stage: SinkStage, deps: RuntimeDependencies, records: readonly LogRecord[]) {
  const inputs: SinkInput[] = [];
  const dead: Output[] = [];
  for (const record of records) {
    try {
      inputs.push({ ...toInput<TopicName>(deps.codec, record), appendedAtMs: record.appendedAtMs });
    } catch (error) {
      dead.push(deadLetter(stage.name, record, toCliptideError(error), deps.clock.now()));
    }
  }
  return { inputs, dead };
}
