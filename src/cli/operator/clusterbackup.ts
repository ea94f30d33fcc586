import { type TopicName, topics } from '../../../topology/topics.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { EventLog } from '../../ports/eventlog.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { readableInput, toAppend } from '../../runtime/records.ts';
import { scan } from '../../runtime/scan.ts';
import type { Output } from '../../runtime/stage.ts';

/**
 * What people have set and decided, and which clips there are. Snapshots, commits and positions belong to the offsets of
 * one cluster, so they are of no use in another: stages begin anew there, and conduct with the journal.
 */
export const backedUpTopics = [
  'channel.settings',
  'highlights.journal',
  'clips.rendered',
] as const satisfies TopicName[];

interface ExportedRecord {
  readonly key: string;
  readonly partition: number;
  readonly record: object;
}

/** The records of a topic, partition by partition; what cannot be decoded is a dead letter already and left out. */
export async function* exportTopics(
  deps: RuntimeDependencies,
  topic: TopicName,
): AsyncGenerator<readonly ExportedRecord[]> {
  for (let partition = 0; partition < deps.log.partitions(topic); partition++) {
    for await (const records of scan(deps, topic, partition)) {
      yield records.flatMap((log) => {
        const input = readableInput<typeof topic>(deps.codec, log);
        return input === undefined ? [] : [{ key: log.key, partition, record: input.record }];
      });
    }
  }
}

/** Appends exported records; keys decide the partitions, as they did. */
export async function importTopic(
  { log, codec }: RuntimeDependencies,
  topic: string,
  records: readonly ExportedRecord[],
): Promise<void> {
  const outputs = records.map(({ key, record }) => ({ topic, key, record }) as Output);
  await log.append(outputs.map((output) => toAppend(codec, output)));
}

/** Rejects with `usage` where one of the topics holds anything. */
export async function mustBeEmpty(log: EventLog): Promise<void> {
  const places = (Object.keys(topics) as TopicName[])
    // Every process says there when it begins; what an operator recorded keeps nobody from anything.
    .filter((topic) => topic !== 'runs')
    .flatMap((topic) => Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition })));
  const bounds = await log.boundsOf(places);
  const used = places.find((_, index) => (bounds[index]?.end ?? 0) > 0);
  if (used === undefined) return;
  throw new CliptideError('usage', `topic ${used.topic} is not empty`, {
    hint: 'a backup is restored into new topics only: set another kafka.prefix, and run cliptide topology apply',
  });
}
