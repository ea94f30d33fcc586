import { expect, test } from 'vitest';
import { boundsOf, committedBy } from '../../../src/adapters/kafka/groupoffsets.ts';
import type { KafkaCluster } from '../../../src/adapters/kafka/internals.ts';
import { Names } from '../../../src/adapters/kafka/names.ts';

const names = new Names('eu.');
const topics = Array.from({ length: 20 }, (_, number) => `topic-${number}`);

test('bounds of every topic and partition cost a cluster two questions, not two each', async () => {
  const asked: boolean[] = [];
  const cluster: Partial<KafkaCluster> = {
    fetchTopicsOffset: async (wanted) => {
      asked.push(wanted[0]?.fromBeginning === true);
      return wanted.map(({ topic, partitions, fromBeginning }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partition,
          offset: fromBeginning ? '5' : `${10 + partition}`,
        })),
      }));
    },
  };
  const places = topics.flatMap((topic) => [3, 0, 1, 2].map((partition) => ({ topic, partition })));
  const bounds = await boundsOf(cluster as KafkaCluster, names, places);
  expect(asked.sort()).toEqual([false, true]);
  expect(bounds).toEqual(places.map(({ partition }) => ({ start: 5, end: 10 + partition })));
});

test('the commits of a group cost one question to its coordinator', async () => {
  let asked = 0;
  const cluster: Partial<KafkaCluster> = {
    findGroupCoordinator: async ({ groupId }) => {
      expect(groupId).toBe('eu.live.score');
      const offsetFetch = async ({ topics: wanted }: { topics: readonly { topic: string }[] }) => {
        asked += 1;
        const partitions = [
          { partition: 1, offset: '7' },
          { partition: 0, offset: '-1' },
        ];
        return { responses: wanted.map(({ topic }) => ({ topic, partitions })) };
      };
      return { offsetFetch } as never;
    },
  };
  const committed = await committedBy(cluster as KafkaCluster, names, 'live.score', new Map(topics.map((t) => [t, 2])));
  expect(asked).toBe(1);
  expect(committed).toEqual(new Map(topics.map((topic) => [topic, [null, 7]])));
});
