import { changelogTopic, type StatefulStageName } from '../../topology/topics.ts';
import type { StateSnapshot } from '../domain/records.gen.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog, LogRecord, Offsets } from '../ports/eventlog.ts';
import { type Found, isIntact, ofFound, offsetsKey, ofSlotKey } from './snapshots.ts';

const readBatch = 500;

/** What a changelog partition says, up to its end at the time of the call. */
export interface Changelog {
  /** Newest intact snapshot of each key. */
  readonly snapshots: ReadonlyMap<string, StateSnapshot>;
  /** Keys whose newest snapshot may be lost because one of their slots is corrupt. */
  readonly damaged: ReadonlySet<string>;
  /** The partition's record; undefined when there is none (yet), so that reading begins at the beginning. */
  readonly offsets: Offsets | undefined;
  /** Ids of the topics that the partition's record speaks of, where it says any. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** The changelog's own first offset. Compaction leaves it alone: where it grows, records were removed. */
  readonly start: number;
  /** The newest owner's epoch; 0 when there was none. */
  readonly epoch: number;
  /** The record keys of each key's slots, of all owners. */
  readonly recordKeys: ReadonlyMap<string, readonly string[]>;
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
  return fold(codec, slots, { start, topicIds: idsOf(log, [topic]) });
}

/**
 * The newest owner's partition record is valid with that owner's snapshots and those of earlier owners. Snapshots of a
 * later owner, who did not come to write its record, are passed over: earlier ones are complete without them.
 */
function fold(codec: SchemaCodec, slots: ReadonlyMap<string, LogRecord>, { start, topicIds }: Found): Changelog {
  const found = new Map<string, Slotted[]>();
  let epoch = 0;
  for (const [recordKey, { value }] of slots) {
    if (value === null) continue;
    const { key, epoch: written } = ofSlotKey(recordKey);
    const slot = { recordKey, epoch: written, snapshot: intact(codec, value) };
    found.set(key, [...(found.get(key) ?? []), slot]);
    epoch = Math.max(epoch, written);
  }
  const [record] = (found.get(offsetsKey) ?? []).sort(newestFirst);
  const until = record?.epoch ?? Number.POSITIVE_INFINITY;
  const snapshots = new Map<string, StateSnapshot>();
  const damaged = new Set<string>();
  const known = record?.snapshot === undefined ? undefined : ofFound(record.snapshot);
  const isWhole = known !== undefined && known.start >= start && madeAnew(known.topicIds, topicIds).length === 0;
  if (record !== undefined && !isWhole) damaged.add(offsetsKey);
  const recordKeys = new Map<string, readonly string[]>();
  for (const [key, ofKey] of found) {
    recordKeys.set(
      key,
      ofKey.map(({ recordKey }) => recordKey),
    );
    if (key === offsetsKey) continue;
    const counted = ofKey.filter((slot) => slot.epoch <= until);
    if (counted.some(({ snapshot }) => snapshot === undefined)) damaged.add(key);
    const [newest] = counted.filter(({ snapshot }) => snapshot !== undefined).sort(newestFirst);
    if (newest?.snapshot !== undefined) snapshots.set(key, newest.snapshot);
  }
  const offsets = record?.snapshot?.offsets;
  return { snapshots, damaged, offsets, topicIds: known?.topicIds ?? {}, start, epoch, recordKeys };
}

/** Ids of topics as they are now, where the log tells any. */
export function idsOf(log: EventLog, topics: readonly string[]): Readonly<Record<string, string>> {
  const ids = topics.map((topic) => [topic, log.topicId(topic)] as const);
  return Object.fromEntries(ids.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** The topics that were made anew between one look and another. */
export function madeAnew(before: Changelog['topicIds'], now: Changelog['topicIds']): readonly string[] {
  return Object.keys(now).filter((topic) => before[topic] !== undefined && before[topic] !== now[topic]);
}

interface Slotted {
  readonly recordKey: string;
  readonly epoch: number;
  /** Undefined when it is corrupt. */
  readonly snapshot: StateSnapshot | undefined;
}

const newestFirst = (a: Slotted, b: Slotted): number =>
  b.epoch - a.epoch || (b.snapshot?.sequence ?? 0) - (a.snapshot?.sequence ?? 0);

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
