import { changelogTopic, deadLetterTopic, type TopicName } from '../../topology/topics.ts';
import { CliptideError } from '../domain/errors.ts';
import type { Assignment, LogRecord, PollOptions } from '../ports/eventlog.ts';
import type { StateStore } from '../ports/statestore.ts';
import { isCheckpointDue, writeCheckpoint } from './checkpoint.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { passGaps } from './gaps.ts';
import { type Entry, KeyedPartition } from './keyedpartition.ts';
import type { PartitionProgress } from './progress.ts';
import { toAppend } from './records.ts';
import { type Changelog, idsOf, madeAnew, readChangelog, resumeOffsets } from './recovery.ts';
import type { Output, StatefulStage } from './stage.ts';
import { type WaitedFor, waitingStep } from './waits.ts';

const batchRecords = 2_000;
const pollWaitMs = 200;
const tickEveryMs = 1_000;

export interface OwnedParts {
  readonly progress: PartitionProgress;
  /** Aborts when the stage stops. */
  readonly stopping: AbortSignal;
}

/** A partition of a stateful stage that this process owns: its states, its position and its commit cycle. */
export class OwnedPartition<S, T extends TopicName> {
  private readonly stage: StatefulStage<S, T>;
  private readonly deps: RuntimeDependencies;
  private readonly assignment: Assignment;
  private readonly partition: KeyedPartition<S, T>;
  /** Ends every wait for something that is away. */
  private readonly over: AbortSignal;
  private checkpointedAtMs: number;
  private checkpointTookMs = 0;
  private tickedAtMs = 0;
  private uncommitted = 0;
  private readonly progress: PartitionProgress;

  constructor(
    stage: StatefulStage<S, T>,
    deps: RuntimeDependencies,
    store: StateStore<Entry<S>>,
    assignment: Assignment,
    { progress, stopping }: OwnedParts,
  ) {
    this.stage = stage;
    this.deps = deps;
    this.assignment = assignment;
    this.over = AbortSignal.any([assignment.lost, stopping]);
    this.partition = new KeyedPartition(stage, deps.codec, store, assignment.partition);
    this.checkpointedAtMs = deps.clock.now();
    this.progress = progress;
  }

  /** Reads the changelog, seeks every input, and reads a journal to its end before anything else. */
  async recover(): Promise<void> {
    const { log, codec, logger } = this.deps;
    const changelog = await this.patiently(() => readChangelog(log, codec, this.stage.name, this.assignment.partition));
    const topicIds = idsOf(log, [...this.stage.inputs, changelogTopic(this.stage.name)]);
    this.mustReadOn(madeAnew(changelog.topicIds, topicIds));
    const unreadable = this.partition.restore(changelog, this.assignment.epoch, topicIds);
    const damaged = new Set([...changelog.damaged, ...unreadable]);
    if (damaged.size > 0)
      logger.warn('snapshots are damaged; replaying', { stage: this.stage.name, keys: [...damaged] });
    const resume = resumeOffsets(withoutSnapshots(changelog, unreadable, damaged));
    for (const topic of this.stage.inputs) {
      const bounds = () => log.bounds(topic, this.assignment.partition);
      const offset = resume[topic] ?? (await this.patiently(bounds)).start;
      this.assignment.seek(topic, offset);
      this.partition.positions[topic] = offset;
    }
    const { positions } = this.partition;
    Object.assign(positions, await this.patiently(() => passGaps(this.deps, this.stage, this.assignment, positions)));
    this.progress.positions = { ...positions };
    await this.readJournalFirst();
    this.progress.isRecovered = true;
  }

  /** Offsets say nothing of an input that was made anew. A changelog that was is damaged, and its inputs are replayed. */
  private mustReadOn(anew: readonly string[]): void {
    const input = this.stage.inputs.find((topic) => anew.includes(topic));
    if (input === undefined) return;
    throw new CliptideError('offset-range', 'the topic was made anew after the last record that was read of it', {
      where: `${input}, partition ${this.assignment.partition}`,
      hint: 'begin with topics under another prefix, or restore a backup: see `cliptide recover`',
    });
  }

  private async readJournalFirst(): Promise<void> {
    const journal = this.stage.recoverFirst;
    if (journal === undefined) return;
    const { end } = await this.patiently(() => this.deps.log.bounds(journal, this.assignment.partition));
    while ((this.partition.positions[journal] ?? 0) < end) {
      await this.cycle({ maxRecords: batchRecords, waitMs: 0, topics: [journal] });
    }
  }

  /** One cycle: (1) process a batch, (2) append its outputs and await; on the cadence, a checkpoint. */
  async cycle(options: PollOptions = { maxRecords: batchRecords, waitMs: pollWaitMs }): Promise<void> {
    const records = await this.assignment.poll(options);
    // A registry that is away holds the partition back: its records are no dead letters.
    await this.patiently(() => this.deps.codec.prepare(records.map((record) => record.value)), 'registry');
    const nowMs = this.deps.clock.now();
    await this.emit(this.partition.process(records, nowMs));
    if (records.length > 0) this.progress.positions = { ...this.partition.positions };
    this.account(records);
    if (nowMs - this.tickedAtMs >= tickEveryMs) {
      this.tickedAtMs = nowMs;
      await this.emit(this.partition.tick(nowMs));
      this.measure();
    }
    const due = isCheckpointDue(this.uncommitted, nowMs - this.checkpointedAtMs, this.checkpointTookMs);
    if (due && this.uncommitted > 0) await this.checkpoint();
  }

  private async emit(outputs: readonly Output[]): Promise<void> {
    if (outputs.length === 0) return;
    this.assignment.lost.throwIfAborted();
    const records = outputs.map((output) => toAppend(this.deps.codec, output));
    await this.patiently(() => this.deps.log.append(records));
    this.countDeadLetters(outputs);
  }

  private countDeadLetters(outputs: readonly Output[]): void {
    const topic = deadLetterTopic(this.stage.name);
    const count = outputs.reduce((sum, output) => (output.topic === topic ? sum + 1 : sum), 0);
    if (count > 0) this.deps.metrics.add('cliptide_dead_letters_total', count, { stage: this.stage.name });
  }

  private async forget(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    this.assignment.lost.throwIfAborted();
    const target = { topic: changelogTopic(this.stage.name), partition: this.assignment.partition };
    await this.patiently(() => this.deps.log.append(keys.map((key) => ({ ...target, key, value: null }))));
  }

  private patiently<R>(step: () => Promise<R>, on: WaitedFor = 'log'): Promise<R> {
    return waitingStep(this.deps, { stage: this.stage.name, on, until: this.over }, step);
  }

  private account(records: readonly LogRecord[]): void {
    this.uncommitted += records.length;
    this.deps.metrics.add('cliptide_stage_records_total', records.length, { stage: this.stage.name });
  }

  async checkpoint(): Promise<void> {
    const startedAtMs = this.deps.clock.now();
    await writeCheckpoint(this.partition, {
      append: (outputs) => this.emit(outputs),
      forget: (keys) => this.forget(keys),
      commit: (offsets) => this.patiently(() => this.assignment.commit(offsets)),
    });
    this.uncommitted = 0;
    this.checkpointedAtMs = this.deps.clock.now();
    this.checkpointTookMs = this.checkpointedAtMs - startedAtMs;
    this.deps.metrics.observe('cliptide_commit_cycle_seconds', this.checkpointTookMs / 1_000, {
      stage: this.stage.name,
    });
  }

  /** Figures of the partition's states; what is counted by the batch is told at once elsewhere. */
  measure(): void {
    this.partition.measure(this.deps.metrics, this.deps.clock.now());
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
