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

/** Characters of an id. What is kept of a broadcast has it in its key and in itself, and has to fit into a record. */
const longestId = 1_000;

/** Throws `schema` for bytes that are no record of the topic's schema, `damaged` for an id that nothing can be kept by. */
export function toInput<T extends TopicName>(codec: SchemaCodec, log: LogRecord): Input<T> {
  if (log.value === null) throw new CliptideError('schema', 'the record is empty', { where: whereOf(log) });
  const record = codec.decode(schemaOf(log.topic), log.value);
  mustHaveUsableIds(record, log);
  return {
    topic: log.topic,
    partition: log.partition,
    offset: log.offset,
    key: log.key,
    record,
  } as unknown as Input<T>;
}

function mustHaveUsableIds(record: object, log: LogRecord): void {
  const { streamId = '', channelId = '' } = record as { readonly streamId?: string; readonly channelId?: string };
  if (streamId.length <= longestId && channelId.length <= longestId) return;
  const [name, length] = streamId.length > longestId ? ['streamId', streamId.length] : ['channelId', channelId.length];
  throw new CliptideError('damaged', `${name} has ${length} characters; an id has at most ${longestId}`, {
    where: whereOf(log),
  });
}

/**
 * `toInput` for those who read a topic as a table: undefined for what cannot be used, which is a dead letter of
 * the stage that has the topic as its input and must not stop anybody else.
 */
export function readableInput<T extends TopicName>(codec: SchemaCodec, log: LogRecord): Input<T> | undefined {
  try {
    return toInput<T>(codec, log);
  } catch (error) {
    if (error instanceof CliptideError && (error.code === 'schema' || error.code === 'damaged')) return undefined;
    throw error;
  }
}

export const whereOf = (log: LogRecord): string => `${log.topic}[${log.partition}]@${log.offset}`;
