import type { TopicName } from '../../topology/topics.ts';
import { CliptideError } from '../domain/errors.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { LogRecord, Offsets } from '../ports/eventlog.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { StateStore } from '../ports/statestore.ts';
import { deadLetter } from './deadletters.ts';
import { toInput } from './records.ts';
import type { Changelog } from './recovery.ts';
import { type Found, offsetsKey, otherSlot, type Slot, snapshotOutput, toFound } from './snapshots.ts';
import type { Input, Output, StageContext, StatefulStage } from './stage.ts';

/** A key's state with what recovery knows of it. */
export interface Entry<S> {
  state: S;
  /** The slot that its newest snapshot lies in. */
  slot: Slot;
  /** Offsets below which this state has seen everything. */
  readonly seen: Offsets;
  /** Record keys of the slots of earlier owners, until this owner's snapshots can stand for them. */
  former: readonly string[];
  /** How many snapshots this owner has written of it. */
  written: number;
}

/** The states of one partition of a stateful stage, and how records change them. Synchronous; appends nothing itself. */
export class KeyedPartition<S, T extends TopicName> {
  readonly positions: Record<string, number>;
  private readonly stage: StatefulStage<S, T>;
  private readonly codec: SchemaCodec;
  private readonly store: StateStore<Entry<S>>;
  private readonly context: StageContext<S>;
  private sequence = 1;
  private epoch = 0;
  private found: Found = { start: 0, topicIds: {} };
  /** Record keys that this owner's snapshots stand for as soon as its partition record is written. */
  private outdated: string[] = [];
  readonly number: number;

  constructor(stage: StatefulStage<S, T>, codec: SchemaCodec, store: StateStore<Entry<S>>, number: number) {
    this.stage = stage;
    this.codec = codec;
    this.store = store;
    this.number = number;
    this.positions = {};
    this.context = {
      partition: number,
      peek: (key) => store.get(key)?.state,
      changed: (key) => this.touch(key),
      keys: () => store.keys(),
    };
  }

  /**
   * Takes the states of a changelog, as its owner of this epoch, to whom topics have these ids; a snapshot that the stage
   * cannot read counts as damaged. Returns such keys.
   */
  restore(changelog: Changelog, epoch: number, topicIds: Found['topicIds']): readonly string[] {
    // A group that was forgotten counts from 1 again; the changelog does not forget.
    this.epoch = Math.max(epoch, changelog.epoch + 1);
    this.found = { start: changelog.start, topicIds };
    this.outdated = [...(changelog.recordKeys.get(offsetsKey) ?? [])];
    const unreadable: string[] = [];
    for (const [key, snapshot] of changelog.snapshots) {
      try {
        const state = this.stage.decode(snapshot.state, snapshot.stateVersion);
        const former = changelog.recordKeys.get(key) ?? [];
        this.store.set(key, { state, slot: 1, seen: snapshot.offsets, former, written: 0 });
      } catch {
        unreadable.push(key);
      }
    }
    this.store.takeChanged();
    return unreadable;
  }

  /** Processes records in order and returns what to append. A record that cannot be used becomes a dead letter. */
  process(records: readonly LogRecord[], nowMs: number): Output[] {
    const outputs: Output[] = [];
    for (const record of records) {
      this.positions[record.topic] = record.offset + 1;
      try {
        const results = this.apply(toInput<T>(this.codec, record));
        for (const output of results) outputs.push(output);
      } catch (error) {
        if (!(error instanceof CliptideError) || (error.code !== 'schema' && error.code !== 'damaged')) throw error;
        outputs.push(deadLetter(this.stage.name, record, error, nowMs));
      }
    }
    return outputs;
  }

  tick(nowMs: number): readonly Output[] {
    return this.stage.tick?.(nowMs, this.context) ?? [];
  }

  measure(metrics: Metrics, nowMs: number): void {
    const labels = { stage: this.stage.name, partition: String(this.number) };
    metrics.set('cliptide_states', this.store.size, labels);
    this.stage.measure?.(metrics, nowMs, this.context);
  }

  private apply(input: Input<T>): readonly Output[] {
    const key = this.stage.keyOf(input);
    let entry = this.store.get(key);
    if (entry !== undefined && input.offset < (entry.seen[input.topic] ?? 0)) return [];
    if (entry === undefined) entry = { state: this.stage.create(key), slot: 1, seen: {}, former: [], written: 0 };
    this.store.set(key, entry);
    return this.stage.process(input, entry.state, this.context);
  }

  private touch(key: string): void {
    const entry = this.store.get(key);
    if (entry !== undefined) this.store.set(key, entry);
  }

  /** Snapshots of the states that changed since the last call, each into the slot that is not its newest. */
  snapshots(): Output[] {
    return this.store.takeChanged().flatMap((key) => {
      const entry = this.store.get(key);
      return entry === undefined ? [] : this.snapshot(key, entry);
    });
  }

  private snapshot(key: string, entry: Entry<S>): Output[] {
    const closed = this.stage.isClosed(entry.state);
    const fields = {
      key,
      offsets: higher(this.positions, entry.seen),
      stateVersion: this.stage.stateVersion,
      state: this.stage.encode(entry.state),
      closed,
    };
    entry.slot = otherSlot(entry.slot);
    entry.written += 1;
    if (closed || entry.written > 1) {
      this.outdated.push(...entry.former);
      entry.former = [];
    }
    const slots = closed ? [entry.slot, otherSlot(entry.slot)] : [entry.slot];
    // A closed marker takes both slots, so that the large snapshot from before is gone after compaction.
    return slots.map((slot) =>
      snapshotOutput(this.stage.name, this.number, { ...fields, slot, epoch: this.epoch, sequence: this.sequence++ }),
    );
  }

  /** Record keys of earlier owners that nobody needs once this owner's snapshots and its record are written. */
  takeOutdated(): readonly string[] {
    const taken = this.outdated;
    this.outdated = [];
    return taken;
  }

  /** The partition's record: the next offset of every input. */
  offsetsRecord(): Output {
    return snapshotOutput(this.stage.name, this.number, {
      key: offsetsKey,
      slot: 0,
      epoch: this.epoch,
      sequence: this.sequence++,
      offsets: this.positions,
      stateVersion: this.stage.stateVersion,
      state: toFound(this.found),
      closed: false,
    });
  }
}

/** While a key that fell back is replayed, the others have seen more than the partition's position says. */
function higher(positions: Offsets, seen: Offsets): Record<string, number> {
  const result: Record<string, number> = { ...positions };
  for (const [topic, offset] of Object.entries(seen)) result[topic] = Math.max(offset, result[topic] ?? 0);
  return result;
}
