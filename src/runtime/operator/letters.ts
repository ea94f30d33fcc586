import { deadLetterTopic, type StageName } from '../../../topology/topics.ts';
import type { DeadLetter } from '../../domain/records.gen.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { readableInput } from '../records.ts';
import { scan } from '../scan.ts';

/** A header of a record that was sent again: the id of the dead letter that it was. */
export const replayHeader = 'cliptide-replay-of';

/** A dead letter without the record itself, which is read when it is needed. */
export interface Letter extends Omit<DeadLetter, 'value'> {
  /** `<stage>/<topic>/<partition>/<offset>` of the record that could not be used. */
  readonly id: string;
  /** When it was put aside, by the log's clock, milliseconds since 1970-01-01 UTC. */
  readonly keptAtMs: number;
  /** Where the letter itself lies in its stage's dead-letter topic. */
  readonly kept: { readonly partition: number; readonly offset: number };
}

export const letterId = ({
  stage,
  topic,
  partition,
  offset,
}: Pick<DeadLetter, 'stage' | 'topic' | 'partition' | 'offset'>): string => `${stage}/${topic}/${partition}/${offset}`;

/** A stage's dead letters since a time in milliseconds, partition by partition, oldest first within each. */
export async function* readLetters(
  deps: RuntimeDependencies,
  stage: StageName,
  sinceMs: number | undefined,
): AsyncGenerator<Letter> {
  const topic = deadLetterTopic(stage);
  for (let partition = 0; partition < deps.log.partitions(topic); partition++) {
    const from = sinceMs === undefined ? 0 : await deps.log.offsetAt(topic, partition, sinceMs);
    for await (const records of scan(deps, topic, partition, from)) {
      for (const record of records) {
        const input = readableInput<typeof topic>(deps.codec, record);
        if (input === undefined) continue;
        const { value: _, ...letter } = input.record;
        const kept = { partition, offset: record.offset };
        yield { ...letter, id: letterId(letter), keptAtMs: record.appendedAtMs, kept };
      }
    }
  }
}

/** What a letter holds of its record: at most 64 KiB, null for an empty one. */
export async function keptValue(deps: RuntimeDependencies, { stage, kept }: Letter): Promise<Uint8Array | null> {
  const topic = deadLetterTopic(stage as StageName);
  const [record] = await deps.log.read(topic, kept.partition, kept.offset, 1);
  if (record === undefined) return null;
  await deps.codec.prepare([record.value]);
  return readableInput<typeof topic>(deps.codec, record)?.record.value ?? null;
}
