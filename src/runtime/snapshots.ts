import { createHash } from 'node:crypto';
import { changelogTopic, type StatefulStageName } from '../../topology/topics.ts';
import type { StateSnapshot } from '../domain/records.gen.ts';
import type { Offsets } from '../ports/eventlog.ts';
import type { Output } from './stage.ts';

/** Key of the partition's record in a changelog. */
export const offsetsKey = '~offsets';

/** A key's two slots alternate, so that the older snapshot survives compaction and a corrupt newest one can heal. */
export type Slot = 0 | 1;

/**
 * The record key of a slot. Every owner of a partition has slots of its own: what one that has lost the partition still
 * writes takes no place of its successor's. Changelogs of before knew no owners: `key#slot`.
 */
export const slotKey = (key: string, epoch: number, slot: Slot): string => `${key}#${epoch}.${slot}`;
export const otherSlot = (slot: Slot): Slot => (slot === 0 ? 1 : 0);

/** The state's key and the owner's epoch that a record key names. */
export function ofSlotKey(recordKey: string): { readonly key: string; readonly epoch: number } {
  const at = recordKey.lastIndexOf('#');
  if (at === -1) return { key: recordKey, epoch: 0 };
  const slot = recordKey.slice(at + 1);
  return { key: recordKey.slice(0, at), epoch: slot.includes('.') ? Number.parseInt(slot, 10) : 0 };
}

export interface SnapshotFields {
  readonly key: string;
  readonly slot: Slot;
  readonly epoch: number;
  readonly sequence: number;
  readonly offsets: Offsets;
  readonly stateVersion: number;
  readonly state: Uint8Array;
  readonly closed: boolean;
}

/** Of all that a snapshot says; an epoch of 0 is not mentioned, as in changelogs of before there were any. */
const checksum = (fields: Omit<StateSnapshot, 'checksum'>): string =>
  createHash('sha256')
    .update(JSON.stringify([fields.key, fields.slot, fields.sequence, fields.stateVersion, fields.closed]))
    .update(fields.epoch === 0 ? '' : String(fields.epoch))
    .update(JSON.stringify(Object.entries(fields.offsets).sort(([a], [b]) => (a < b ? -1 : 1))))
    .update(fields.state)
    .digest('hex');

/** A snapshot as a record for the stage's changelog. */
export function snapshotOutput(stage: StatefulStageName, partition: number, fields: SnapshotFields): Output {
  return {
    topic: changelogTopic(stage),
    key: slotKey(fields.key, fields.epoch, fields.slot),
    partition,
    // Avro writes bytes from a Buffer only.
    record: { ...fields, state: Buffer.from(fields.state), checksum: checksum(fields) },
  };
}

/** Whether a snapshot is what was written. */
export function isIntact(snapshot: StateSnapshot): boolean {
  return snapshot.checksum === checksum(snapshot);
}

/** What a partition's record holds for its state: which topics its owner found when it took over. */
export interface Found {
  /**
   * The changelog's first offset. Where the changelog begins later now, snapshots that the record counts on may be among
   * what was removed.
   */
  readonly start: number;
  /** Ids of the changelog and of the inputs, where the log tells any: offsets count in these topics only. */
  readonly topicIds: Readonly<Record<string, string>>;
}

export function toFound({ start, topicIds }: Found): Uint8Array {
  if (Object.keys(topicIds).length > 0) return Buffer.from(JSON.stringify({ start, topicIds }));
  return Buffer.from(start === 0 ? '' : String(start));
}

/** Records of before there were ids hold the offset alone. */
export function ofFound({ state }: Pick<StateSnapshot, 'state'>): Found {
  const text = Buffer.from(state).toString();
  return text.startsWith('{') ? (JSON.parse(text) as Found) : { start: Number(text), topicIds: {} };
}
