import { expect, test } from 'vitest';
import type { KafkaBroker } from '../../../src/adapters/kafka/internals.ts';
import { fetchFrom } from '../../../src/adapters/kafka/protocol/fetch.ts';

const limits = { maxWaitMs: 500, minBytes: 1, maxBytes: 8_000, partitionBytes: 1_000 };
const topicId = 'a0'.repeat(16);

/** A broker that answers to names only; by ids it would be asked through its connections. */
function broker(maxVersion: number) {
  const asked: unknown[] = [];
  const partition = { partition: 2, highWatermark: '9', messages: [] };
  const answers = {
    versions: { 1: { maxVersion } },
    connectionPool: { send: async () => [{ ...partition, topic: 'by id', error: undefined }] },
    fetch: async (request: unknown) => {
      asked.push(request);
      return { responses: [{ topicName: 'eu.a', partitions: [partition] }] };
    },
  };
  return { asked, broker: answers as unknown as KafkaBroker };
}

test('a broker from before Kafka 3.1 is asked by the names of topics', async () => {
  const old = broker(12);
  const answers = await fetchFrom(old.broker, [{ topic: 'eu.a', topicId, partition: 2, offset: 7 }], limits);
  const partitions = [{ partition: 2, fetchOffset: '7', maxBytes: 1_000 }];
  const wanted = { maxWaitTime: 500, minBytes: 1, maxBytes: 8_000, topics: [{ topic: 'eu.a', partitions }] };
  expect(old.asked).toEqual([wanted]);
  expect(answers).toMatchObject([{ topic: 'eu.a', partition: 2, error: undefined }]);
});

test('a topic whose id is not known is fetched by its name', async () => {
  const { broker: current, asked } = broker(17);
  const known = { topic: 'eu.a', topicId, partition: 2, offset: 7 };
  expect(await fetchFrom(current, [known, { ...known, topicId: undefined }], limits)).toMatchObject([
    { topic: 'eu.a' },
  ]);
  expect(asked).toHaveLength(1);
  expect(await fetchFrom(current, [known], limits)).toMatchObject([{ topic: 'by id' }]);
});
