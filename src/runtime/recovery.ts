import { changelogTopic, type StatefulStageName } from '../../topology/topics.ts';
import type { StateSnapshot } from '../domain/records.gen.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog, LogRecord, Offsets } from '../ports/eventlog.ts';
import { isIntact, offsetsKey } from './snapshots.ts';

const readBatch = 500;

/** What a changelog partition says, up to its end at the time of the call. */
export interface Changelog {
  /** Newest intact snapshot of each key. */
  readonly snapshots: ReadonlyMap<string, StateSnapshot>;
  /** Keys whose newest snapshot may be lost because one of their slots is corrupt. */
  readonly damaged: ReadonlySet<string>;
  /** The partition's record; undefined when there is none (yet), so that reading begins at the beginning. */
  readonly offsets: Offsets | undefined;
  /** The next sequence number for a snapshot. */
  readonly nextSequence: number;
}

/** Reads a compacted changelog: of each slot only its last record counts. */
export async function readChangelog(
  log: EventLog,
  codec: SchemaCodec,
  stage: StatefulStageName,
  partition: number,
): Promise<Changelog> {
  const topic = changelogTopic(stage);
  const { start, end } = await log.bounds(topic, partition);
  const slots = new Map<string, LogRecord>();
  let from = start;
  while (from < end) {
    const records = await log.read(topic, partition, from, readBatch);
    const last = records.at(-1);
    if (last === undefined) break;
    await codec.prepare(records.map((record) => record.value));
    for (const record of records) slots.set(record.key, record);
    from = last.offset + 1;
  }
  return fold(codec, slots);
}

function fold(codec: SchemaCodec, slots: ReadonlyMap<string, LogRecord>): Changelog {
  const snapshots = new Map<string, StateSnapshot>();
  const damaged = new Set<string>();
  let offsets: Offsets | undefined;
  let nextSequence = 1;
  for (const [slot, record] of slots) {
    if (record.value === null) continue;
    const snapshot = intact(codec, record.value);
    if (snapshot === undefined) {
      damaged.add(slot === offsetsKey ? offsetsKey : slot.slice(0, slot.lastIndexOf('#')));
      continue;
    }
    nextSequence = Math.max(nextSequence, snapshot.sequence + 1);
    if (snapshot.key === offsetsKey) offsets = snapshot.offsets;
    else if (snapshot.sequence > (snapshots.get(snapshot.key)?.sequence ?? 0)) snapshots.set(snapshot.key, snapshot);
  }
  return { snapshots, damaged, offsets, nextSequence };
}

function intact(codec: SchemaCodec, value: Uint8Array): StateSnapshot | undefined {
  try {
    const snapshot = codec.decode('changelogs', value);
    return isIntact(snapshot) ? snapshot : undefined;
  } catch {
    // A flipped byte can break the Avro encoding as well as the checksum.
    return undefined;
  }
}

/**
 * Where to read on, by topic: at the partition's record, or lower for a key that fell back to its older snapshot; at
 * the beginning (absent) for a key of which nothing is left. Other keys skip what they have seen.
 */
export function resumeOffsets(changelog: Changelog): Offsets {
  if (changelog.offsets === undefined) return {};
  let resume: Record<string, number> = { ...changelog.offsets };
  for (const key of changelog.damaged) {
    const older = changelog.snapshots.get(key);
    if (older === undefined) return {};
    resume = lower(resume, older.offsets);
  }
  return resume;
}

function lower(a: Offsets, b: Offsets): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [topic, offset] of Object.entries(a)) {
    const other = b[topic];
    if (other !== undefined) result[topic] = Math.min(offset, other);
  }
  return result;
}
