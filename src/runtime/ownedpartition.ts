import type { TopicName } from '../../topology/topics.ts';
import type { Assignment, LogRecord, PollOptions } from '../ports/eventlog.ts';
import type { StateStore } from '../ports/statestore.ts';
import { checkpointEveryMs, checkpointEveryRecords, writeCheckpoint } from './checkpoint.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { type Entry, KeyedPartition } from './keyedpartition.ts';
import { toAppend } from './records.ts';
import { type Changelog, readChangelog, resumeOffsets } from './recovery.ts';
import { patiently } from './retry.ts';
import type { Output, StatefulStage } from './stage.ts';

const batchRecords = 2_000;
const pollWaitMs = 200;
const tickEveryMs = 1_000;

/** A partition of a stateful stage that this process owns: its states, its position and its commit cycle. */
export class OwnedPartition<S, T extends TopicName> {
  private readonly stage: StatefulStage<S, T>;
  private readonly deps: RuntimeDependencies;
  private readonly assignment: Assignment;
  private readonly partition: KeyedPartition<S, T>;
  /** Ends every wait for something that is away. */
  private readonly over: AbortSignal;
  private checkpointedAtMs: number;
  private tickedAtMs = 0;
  private uncommitted = 0;

  constructor(
    stage: StatefulStage<S, T>,
    deps: RuntimeDependencies,
    store: StateStore<Entry<S>>,
    assignment: Assignment,
    stopping: AbortSignal,
  ) {
    this.stage = stage;
    this.deps = deps;
    this.assignment = assignment;
    this.over = AbortSignal.any([assignment.lost, stopping]);
    this.partition = new KeyedPartition(stage, deps.codec, store, assignment.partition);
    this.checkpointedAtMs = deps.clock.now();
  }

  /** Reads the changelog, seeks every input, and reads a journal to its end before anything else. */
  async recover(): Promise<void> {
    const { log, codec, logger } = this.deps;
    const { partition } = this.assignment;
    const changelog = await this.patiently(() => readChangelog(log, codec, this.stage.name, partition));
    const unreadable = this.partition.restore(changelog);
    const damaged = new Set([...changelog.damaged, ...unreadable]);
    if (damaged.size > 0)
      logger.warn('snapshots are damaged; replaying', { stage: this.stage.name, keys: [...damaged] });
    const resume = resumeOffsets(withoutSnapshots(changelog, unreadable, damaged));
    for (const topic of this.stage.inputs) {
      const offset = resume[topic] ?? (await log.bounds(topic, partition)).start;
      this.assignment.seek(topic, offset);
      this.partition.positions[topic] = offset;
    }
    await this.readJournalFirst();
  }

  private async readJournalFirst(): Promise<void> {
    const journal = this.stage.recoverFirst;
    if (journal === undefined) return;
    const { end } = await this.deps.log.bounds(journal, this.assignment.partition);
    while ((this.partition.positions[journal] ?? 0) < end) {
      await this.cycle({ maxRecords: batchRecords, waitMs: 0, topics: [journal] });
    }
  }

  /** One cycle: (1) process a batch, (2) append its outputs and await; on the cadence, a checkpoint. */
  async cycle(options: PollOptions = { maxRecords: batchRecords, waitMs: pollWaitMs }): Promise<void> {
    const records = await this.assignment.poll(options);
    // A registry that is away holds the partition back: its records are no dead letters.
    await this.patiently(() => this.deps.codec.prepare(records.map((record) => record.value)));
    const nowMs = this.deps.clock.now();
    await this.emit(this.partition.process(records, nowMs));
    this.account(records);
    if (nowMs - this.tickedAtMs >= tickEveryMs) {
      this.tickedAtMs = nowMs;
      await this.emit(this.partition.tick(nowMs));
    }
    const due = nowMs - this.checkpointedAtMs >= checkpointEveryMs || this.uncommitted >= checkpointEveryRecords;
    if (due && this.uncommitted > 0) await this.checkpoint();
  }

  private async emit(outputs: readonly Output[]): Promise<void> {
    if (outputs.length === 0) return;
    this.assignment.lost.throwIfAborted();
    const records = outputs.map((output) => toAppend(this.deps.codec, output));
    await this.patiently(() => this.deps.log.append(records));
  }

  private patiently<R>(step: () => Promise<R>): Promise<R> {
    return patiently(step, this.over, (error) =>
      this.deps.logger.warn('waiting', { stage: this.stage.name, error: String(error) }),
    );
  }

  private account(records: readonly LogRecord[]): void {
    this.uncommitted += records.length;
    this.deps.metrics.add('cliptide_stage_records_total', records.length, { stage: this.stage.name });
  }

  async checkpoint(): Promise<void> {
    const startedAtMs = this.deps.clock.now();
    await writeCheckpoint(this.partition, this.assignment, this.deps.log, this.deps.codec);
    this.uncommitted = 0;
    this.checkpointedAtMs = this.deps.clock.now();
    const took = this.checkpointedAtMs - startedAtMs;
    this.deps.metrics.set('cliptide_checkpoint_milliseconds', took, { stage: this.stage.name });
  }

  get hasUncommitted(): boolean {
    return this.uncommitted > 0;
  }
}

function withoutSnapshots(changelog: Changelog, keys: readonly string[], damaged: ReadonlySet<string>): Changelog {
  const snapshots = new Map(changelog.snapshots);
  for (const key of keys) snapshots.delete(key);
  return { ...changelog, snapshots, damaged };
}
