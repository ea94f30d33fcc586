import type { Replay } from '../../domain/records.gen.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { readableInput } from '../records.ts';
import { scan } from '../scan.ts';

const topic = 'operator.replays';

/** What was sent again: when a record has failed again, its place says which letter it is. */
export interface Replays {
  /** Newest last. */
  of(letterId: string): readonly Replay[];
  /** The id of the letter that was sent to this place. */
  at(place: Place): string | undefined;
}

export type Place = Pick<Replay, 'topic' | 'partition' | 'offset'>;

export const placeKey = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${offset}`;

export async function readReplays(deps: RuntimeDependencies): Promise<Replays> {
  const byLetter = new Map<string, Replay[]>();
  const byPlace = new Map<string, string>();
  for (let partition = 0; partition < deps.log.partitions(topic); partition++) {
    for await (const records of scan(deps, topic, partition)) {
      for (const record of records) {
        const replay = readableInput<typeof topic>(deps.codec, record)?.record;
        if (replay === undefined) continue;
        const known = byLetter.get(replay.letterId);
        if (known === undefined) byLetter.set(replay.letterId, [replay]);
        else known.push(replay);
        byPlace.set(placeKey(replay), replay.letterId);
      }
    }
  }
  return { of: (id) => byLetter.get(id) ?? [], at: (place) => byPlace.get(placeKey(place)) };
}
