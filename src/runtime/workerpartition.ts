import { concat, defer, ignoreElements, type Observable } from 'rxjs';
import type { RecordOf, TopicName } from '../../topology/topics.ts';
import { toCliptideError } from '../domain/errors.ts';
import { cycleWhile } from '../operators/cyclewhile.ts';
import type { Assignment, LogRecord } from '../ports/eventlog.ts';
import { workOn } from './attempts.ts';
import { deadLetter } from './deadletters.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { endWhenOver } from './fencing.ts';
import { finishedTasks } from './finishedtasks.ts';
import { passGaps } from './gaps.ts';
import { LowWater } from './lowwater.ts';
import type { PartitionProgress } from './progress.ts';
import { toAppend, toInput } from './records.ts';
import type { Slots } from './slots.ts';
import type { Output, TaskRecord, WorkerStage } from './stage.ts';
import { type WaitedFor, waitingStep } from './waits.ts';

const statusEveryMs = 10_000;
const pollWaitMs = 200;

export interface WorkerPartitionParts<T extends TopicName> {
  readonly stage: WorkerStage<T>;
  readonly deps: RuntimeDependencies;
  /** Shared by all partitions of the worker. */
  readonly slots: Slots;
  readonly assignment: Assignment;
  readonly stopping: AbortSignal;
  readonly progress: PartitionProgress;
}

/** One partition of a worker's tasks, while this process owns it. */
export class WorkerPartition<T extends TopicName> {
  private readonly stage: WorkerStage<T>;
  private readonly deps: RuntimeDependencies;
  private readonly slots: Slots;
  private readonly assignment: Assignment;
  private readonly stopping: AbortSignal;
  private readonly progress: PartitionProgress;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly water = new LowWater(0);
  private finished: Set<string> = new Set();
  private announcedAtMs = Number.NEGATIVE_INFINITY;
  private failure: unknown;

  constructor({ stage, deps, slots, assignment, stopping, progress }: WorkerPartitionParts<T>) {
    this.stage = stage;
    this.deps = deps;
    this.slots = slots;
    this.assignment = assignment;
    this.stopping = stopping;
    this.progress = progress;
  }

  work(): Observable<never> {
    const going = () => !this.stopping.aborted && !this.assignment.lost.aborted;
    return concat(
      defer(() => this.recover()),
      cycleWhile(going, () => this.cycle()),
      defer(() => this.drain()),
    ).pipe(ignoreElements(), endWhenOver(this.assignment, this.stopping));
  }

  private async recover(): Promise<void> {
    const { finishedIn } = this.stage;
    const { name, input } = this.stage;
    const committed = await this.patiently(() => this.assignment.committed());
    this.progress.positions = await this.patiently(() =>
      passGaps(this.deps, { name, inputs: [input] }, this.assignment, committed),
    );
    this.finished = await this.patiently(() => finishedTasks(this.deps, finishedIn, this.assignment.partition));
    this.progress.isRecovered = true;
  }

  private async cycle(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await this.announce();
    const [record] = await this.assignment.poll({ maxRecords: 1, waitMs: pollWaitMs });
    if (record === undefined) return;
    const release = await this.slots.take(this.stopping);
    if (release === undefined) return;
    this.water.begin(record.offset);
    this.deps.metrics.add('cliptide_stage_records_total', 1, { stage: this.stage.name });
    this.tellInFlight();
    const step: Promise<void> = this.handle(record)
      .catch((error) => {
        if (toCliptideError(error).code !== 'aborted') this.failure = error;
      })
      .finally(() => {
        release();
        this.tellInFlight();
        this.inFlight.delete(step);
      });
    this.inFlight.add(step);
  }

  private tellInFlight(): void {
    this.deps.metrics.set('cliptide_worker_tasks_in_flight', this.slots.taken, { stage: this.stage.name });
  }

  private async announce(): Promise<void> {
    const nowMs = this.deps.clock.now();
    if (nowMs - this.announcedAtMs < statusEveryMs) return;
    this.announcedAtMs = nowMs;
    const partition = this.assignment.partition;
    await this.append([
      {
        topic: 'workers.status',
        key: String(partition),
        partition,
        record: { nodeId: this.deps.nodeId, role: this.stage.name, partition, capacity: this.slots.size, atMs: nowMs },
      },
    ]);
  }

  /** A task is finished when its outputs are durable; only then may its offset be committed. */
  private async handle(record: LogRecord): Promise<void> {
    const outputs = await this.outcome(record);
    if (this.assignment.lost.aborted) return;
    await this.append(outputs);
    this.water.finish(record.offset);
    const finished = { [record.topic]: this.water.mark };
    await this.patiently(() => this.assignment.commit(finished));
    this.progress.positions = finished;
  }

  private async outcome(record: LogRecord): Promise<readonly Output[]> {
    let task: RecordOf<T> & TaskRecord;
    await this.patiently(() => this.deps.codec.prepare([record.value]), 'registry');
    try {
      task = toInput<T>(this.deps.codec, record).record as RecordOf<T> & TaskRecord;
    } catch (error) {
      this.deps.metrics.add('cliptide_dead_letters_total', 1, { stage: this.stage.name });
      return [deadLetter(this.stage.name, record, toCliptideError(error), this.deps.clock.now())];
    }
    if (this.finished.has(task.taskId)) return [];
    this.finished.add(task.taskId);
    return workOn(this.stage, task, this.deps, this.stopping);
  }

  private async append(outputs: readonly Output[]): Promise<void> {
    if (outputs.length === 0) return;
    const records = outputs.map((output) => toAppend(this.deps.codec, output));
    await this.patiently(() => this.deps.log.append(records));
  }

  private patiently<R>(step: () => Promise<R>, on: WaitedFor = 'log'): Promise<R> {
    const until = AbortSignal.any([this.stopping, this.assignment.lost]);
    return waitingStep(this.deps, { stage: this.stage.name, on, until }, step);
  }

  private async drain(): Promise<void> {
    await Promise.all(this.inFlight);
    if (this.failure !== undefined) throw this.failure;
  }
}
