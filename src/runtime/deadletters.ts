import { deadLetterTopic, type StageName } from '../../topology/topics.ts';
import type { CliptideError } from '../domain/errors.ts';
import type { LogRecord } from '../ports/eventlog.ts';
import type { Output } from './stage.ts';

/** A dead letter keeps at most this much of the record and of its headers, in bytes and in characters. */
const maxKept = 64 * 1024;
/** Characters of a key: it stands in the letter twice, and a letter has to fit where its record did. */
const maxKey = 1_000;

/** As much of a record's key as its dead letter has. */
export const keptKey = (key: string): string => key.slice(0, maxKey);

/** A record that a stage could not use, kept with the reason and where it came from. */
export function deadLetter(stage: StageName, log: LogRecord, error: CliptideError, nowMs: number): Output {
  const key = keptKey(log.key);
  return {
    topic: deadLetterTopic(stage),
    key,
    record: {
      stage,
      topic: log.topic,
      partition: log.partition,
      offset: log.offset,
      key,
      headers: keptHeaders(log.headers),
      code: error.code,
      reason: error.where === undefined ? error.message : `${error.message} (${error.where})`,
      value: log.value === null ? null : Buffer.from(log.value.subarray(0, maxKept)),
      valueBytes: log.value?.length ?? 0,
      streamId: '',
      atMs: nowMs,
    },
  };
}

/** The first headers that there is room for; the one that there is not room for whole is cut. */
function keptHeaders(headers: LogRecord['headers']): LogRecord['headers'] {
  const kept: Record<string, string> = {};
  let room = maxKept;
  for (const [name, value] of Object.entries(headers)) {
    if (name.length >= room) break;
    kept[name] = value.slice(0, room - name.length);
    room -= name.length + value.length;
  }
  return kept;
}
