import { type TopicName, topics } from '../../../topology/topics.ts';
import type { LiveEvent } from '../../domain/records.gen.ts';
import { keptKey } from '../deadletters.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { keptValue, type Letter } from './letters.ts';

/** The record that a dead letter is about, as far as it is still there. */
export interface Content {
  /** Null for an empty record. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether all of it is here: a letter keeps 64 KiB, its topic the rest for as long as its retention says. */
  readonly isWhole: boolean;
}

export const isTopic = (name: string): name is TopicName => Object.hasOwn(topics, name);

/** The record from its topic where that still holds it, else what the letter kept of it. */
export async function contentOf(deps: RuntimeDependencies, letter: Letter): Promise<Content> {
  const record = await originalOf(deps, letter);
  if (record !== undefined) return { value: record.value, headers: record.headers, isWhole: true };
  const kept = await keptValue(deps, letter);
  const isWhole = (kept?.length ?? 0) === letter.valueBytes;
  return { value: isWhole ? onTheWire(deps, letter, kept) : kept, headers: letter.headers, isWhole };
}

async function originalOf({ log }: RuntimeDependencies, { topic, partition, offset, key }: Letter) {
  if (!isTopic(topic) || partition < 0 || partition >= log.partitions(topic)) return undefined;
  const { start, end } = await log.bounds(topic, partition);
  if (offset < start || offset >= end) return undefined;
  const [record] = await log.read(topic, partition, offset, 1);
  // A topic that was made anew has other records at the same offsets.
  return record?.offset === offset && keptKey(record.key) === key ? record : undefined;
}

/** What scoring itself refuses is kept as JSON, for people; the topic has Avro. */
function onTheWire({ codec }: RuntimeDependencies, { stage, topic }: Letter, value: Uint8Array | null) {
  if (value === null || stage !== 'score' || topic !== 'live.analytics' || value[0] !== 0x7b) return value;
  try {
    return codec.encode('live.analytics', JSON.parse(Buffer.from(value).toString('utf8')) as LiveEvent);
  } catch {
    return value;
  }
}
