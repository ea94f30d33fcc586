import { deadLetterTopic, type StageName } from '../../topology/topics.ts';
import type { CliptideError } from '../domain/errors.ts';
import type { LogRecord } from '../ports/eventlog.ts';
import type { Output } from './stage.ts';

/** A dead letter keeps at most this much of the record, in bytes. */
const maxKept = 64 * 1024;

/** A record that a stage could not use, kept with the reason and where it came from. */
export function deadLetter(stage: StageName, log: LogRecord, error: CliptideError, nowMs: number): Output {
  return {
    topic: deadLetterTopic(stage),
    key: log.key,
    record: {
      stage,
      topic: log.topic,
      partition: log.partition,
      offset: log.offset,
      key: log.key,
      headers: log.headers,
      code: error.code,
      reason: error.where === undefined ? error.message : `${error.message} (${error.where})`,
      value: log.value === null ? null : Buffer.from(log.value.subarray(0, maxKept)),
      valueBytes: log.value?.length ?? 0,
      streamId: '',
      atMs: nowMs,
    },
  };
}
