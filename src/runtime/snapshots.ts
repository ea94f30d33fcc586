import { createHash } from 'node:crypto';
import { changelogTopic, type StatefulStageName } from '../../topology/topics.ts';
import type { StateSnapshot } from '../domain/records.gen.ts';
import type { Offsets } from '../ports/eventlog.ts';
import type { Output } from './stage.ts';

/** Key of the partition's record in a changelog. */
export const offsetsKey = '~offsets';

/** A key's two slots alternate, so that the older snapshot survives compaction and a corrupt newest one can heal. */
export type Slot = 0 | 1;

export const slotKey = (key: string, slot: Slot): string => `${key}#${slot}`;
export const otherSlot = (slot: Slot): Slot => (slot === 0 ? 1 : 0);

export interface SnapshotFields {
  readonly key: string;
  readonly slot: Slot;
  readonly sequence: number;
  readonly offsets: Offsets;
  readonly stateVersion: number;
  readonly state: Uint8Array;
  readonly closed: boolean;
}

/** Of all that a snapshot says. */
const checksum = (fields: Omit<StateSnapshot, 'checksum'>): string =>
  createHash('sha256')
    .update(JSON.stringify([fields.key, fields.slot, fields.sequence, fields.stateVersion, fields.closed]))
    .update(JSON.stringify(Object.entries(fields.offsets).sort(([a], [b]) => (a < b ? -1 : 1))))
    .update(fields.state)
    .digest('hex');

/** A snapshot as a record for the stage's changelog. */
export function snapshotOutput(stage: StatefulStageName, partition: number, fields: SnapshotFields): Output {
  const key = fields.key === offsetsKey ? offsetsKey : slotKey(fields.key, fields.slot);
  return {
    topic: changelogTopic(stage),
    key,
    partition,
    // Avro writes bytes from a Buffer only.
    record: { ...fields, state: Buffer.from(fields.state), checksum: checksum(fields) },
  };
}

/** Whether a snapshot is what was written. */
export function isIntact(snapshot: StateSnapshot): boolean {
  return snapshot.checksum === checksum(snapshot);
}
