import type { Bounds, Committed, TopicPartition } from '../../ports/eventlog.ts';
import { isUnknownTopic, kafkaFailure } from './failures.ts';
import type { KafkaCluster } from './internals.ts';
import type { Names } from './names.ts';

const attempts = 5;

/** Bounds of many partitions in the order of asking: two requests to each broker that leads one of them. */
export async function boundsOf(
  cluster: KafkaCluster,
  names: Names,
  places: readonly TopicPartition[],
): Promise<readonly Bounds[]> {
  if (places.length === 0) return [];
  const [starts, ends] = await patiently(cluster, 'bounds of topics', () =>
    Promise.all([offsetsAt(cluster, names, places, true), offsetsAt(cluster, names, places, false)]),
  );
  return places.map((place) => {
    const key = keyOf(names.wire(place.topic), place.partition);
    return { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0 };
  });
}

async function offsetsAt(
  cluster: KafkaCluster,
  names: Names,
  places: readonly TopicPartition[],
  fromBeginning: boolean,
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => {
    const numbers = new Set(ofTopic.map(({ partition }) => partition));
    const partitions = [...numbers].map((partition) => ({ partition }));
    return { topic: names.wire(topic), partitions, fromBeginning };
  });
  const found = await cluster.fetchTopicsOffset(wanted);
  return new Map(
    found.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [keyOf(topic, partition), Number(offset)] as const),
    ),
  );
}

/** What a group has committed, in one request to its coordinator; `topics` with their numbers of partitions. */
export async function committedBy(
  cluster: KafkaCluster,
  names: Names,
  group: string,
  topics: ReadonlyMap<string, number>,
): Promise<Committed> {
  const groupId = names.wire(group);
  const wanted = [...topics].map(([topic, count]) => {
    return { topic: names.wire(topic), partitions: Array.from({ length: count }, (_, partition) => ({ partition })) };
  });
  const { responses } = await patiently(cluster, `group ${groupId}`, async () => {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    return coordinator.offsetFetch({ groupId, topics: wanted });
  });
  const found = new Map(
    responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [keyOf(topic, partition), Number(offset)] as const),
    ),
  );
  const nextOf = (topic: string, partition: number): number | null => {
    const offset = found.get(keyOf(names.wire(topic), partition)) ?? -1;
    return offset < 0 ? null : offset;
  };
  return new Map(
    [...topics].map(([topic, count]) => [
      topic,
      Array.from({ length: count }, (_, partition) => nextOf(topic, partition)),
    ]),
  );
}

const keyOf = (wire: string, partition: number): string => `${wire}/${partition}`;

/** A leader or a coordinator may have moved: what is known of the cluster is asked for again. */
async function patiently<R>(cluster: KafkaCluster, where: string, step: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      const failure = kafkaFailure(error, where);
      // A topic that has just been made is not known to every broker yet.
      const mayPass = failure.code === 'unavailable' || isUnknownTopic(error);
      if (!mayPass || attempt === attempts) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      await cluster.refreshMetadata().catch(() => undefined);
    }
  }
}
