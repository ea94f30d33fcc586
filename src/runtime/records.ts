import { type TopicName, topics } from '../../topology/topics.ts';
import { CliptideError } from '../domain/errors.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { AppendRecord, LogRecord } from '../ports/eventlog.ts';
import type { Input, Output } from './stage.ts';

/** A topic's schema by the topic's name. */
const schemaOf = (topic: string) => {
  const spec = topics[topic as TopicName];
  if (spec === undefined) throw new CliptideError('internal', `topic ${topic} is not declared in the topology`);
  return spec.schema;
};

export function toAppend(codec: SchemaCodec, output: Output): AppendRecord {
  // The topic decides schema and record type alike, which TypeScript cannot follow through the union.
  const value = codec.encode(schemaOf(output.topic), output.record as never);
  const base = { topic: output.topic, key: output.key, value };
  return output.partition === undefined ? base : { ...base, partition: output.partition };
}

/** Throws `schema` for bytes that are no record of the topic's schema. */
export function toInput<T extends TopicName>(codec: SchemaCodec, log: LogRecord): Input<T> {
  if (log.value === null) throw new CliptideError('schema', 'the record is empty', { where: whereOf(log) });
  return {
    topic: log.topic,
    partition: log.partition,
    offset: log.offset,
    key: log.key,
    record: codec.decode(schemaOf(log.topic), log.value),
  } as unknown as Input<T>;
}

/**
 * `toInput` for those who read a topic as a table: undefined for bytes that are no record, which are a dead letter of
 * the stage that has the topic as its input and must not stop anybody else.
 */
export function readableInput<T extends TopicName>(codec: SchemaCodec, log: LogRecord): Input<T> | undefined {
  try {
    return toInput<T>(codec, log);
  } catch (error) {
    if (error instanceof CliptideError && error.code === 'schema') return undefined;
    throw error;
  }
}

export const whereOf = (log: LogRecord): string => `${log.topic}[${log.partition}]@${log.offset}`;
