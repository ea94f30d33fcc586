import type { LogRecord } from '../../ports/eventlog.ts';
import type { KafkaMessage } from './internals.ts';

const noHeaders: LogRecord['headers'] = Object.freeze({});

/** A message of Kafka's as a record of the log. */
export function toLogRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key === null ? '' : message.key.toString('utf8'),
    value: message.value,
    headers: headersOf(message.headers),
    appendedAtMs: Number(message.timestamp),
  };
}

function headersOf(headers: KafkaMessage['headers']): LogRecord['headers'] {
  const names = Object.keys(headers);
  if (names.length === 0) return noHeaders;
  return Object.fromEntries(names.map((name) => [name, String([headers[name]].flat()[0] ?? '')]));
}
