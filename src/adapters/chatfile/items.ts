import type { SourceEvent, SourceItem } from '../../ports/source.ts';
import { keptRawBytes } from './limits.ts';

export type EventTime = Extract<SourceItem, { kind: 'event' }>['time'];

/** What a format makes of one record: items to append, or why the record cannot be used. */
export type Mapped = readonly SourceItem[] | string;

/** Maps the records of one file in file order; may keep state between them, within a fixed bound. */
export type RecordMapper<T> = (record: T, position: number) => Mapped;

/** Says why a record is damaged, as an error that the mapper's caller turns into an item. */
export class Unusable extends Error {}

export function eventItem(position: number, time: EventTime, id: string, event: SourceEvent): SourceItem {
  return { kind: 'event', position, time, id, event };
}

export function ignoredItem(position: number, reason: string): SourceItem {
  return { kind: 'ignored', position, reason };
}

/** A damaged record with as much of its bytes as is kept. */
export function damagedItem(position: number, reason: string, raw: Uint8Array, rawBytes = raw.length): SourceItem {
  const kept = Uint8Array.from(raw.subarray(0, keptRawBytes));
  return { kind: 'damaged', position, reason, raw: kept, rawBytes };
}

/** Applies a mapper; a record that it refuses becomes one damaged item. `at` says where the record lies, or is empty. */
export function mapRecord<T>(
  mapper: RecordMapper<T>,
  record: T,
  position: number,
  raw: () => Uint8Array,
  at: string,
): readonly SourceItem[] {
  const mapped = refusal(() => mapper(record, position));
  if (typeof mapped !== 'string') return mapped;
  return [damagedItem(position, at === '' ? mapped : `${mapped} (${at})`, raw())];
}

function refusal(map: () => Mapped): Mapped {
  try {
    return map();
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}
