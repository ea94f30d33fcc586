import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithOwnServices } from '../../support/services.ts';

const topic = 'kept';

describeWithOwnServices({ folder: 'brokers', services: ['kafka'], brokers: 3 }, 'three brokers', (own) => {
  let admin: Admin;
  let producer: Producer;
  beforeAll(async () => {
    // A new leader is chosen once the session of the dead broker is over: nine seconds, and more on a busy machine.
    const retry = { retries: 30, maxRetryTime: 2_000 };
    const kafka = new Kafka({ brokers: own.address('kafka').split(','), logLevel: logLevel.NOTHING, retry });
    admin = kafka.admin();
    producer = kafka.producer({ idempotent: true });
    await admin.connect();
    await producer.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
  });
  afterAll(() => Promise.all([admin?.disconnect(), producer?.disconnect()]));

  const send = (partition: number) => producer.send({ topic, messages: [{ partition, value: 'v' }] });
  const replicas = async () =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.map(({ isr }) => isr.length);

  it('go on when one of them is killed, and have everything on three again when it is back', {
    timeout: 240_000,
  }, async () => {
    for (const partition of [0, 1, 2]) await send(partition);
    expect(await replicas()).toEqual([3, 3, 3]);
    const address = own.address('kafka');
    await own.stop(['kafka-2'], 'kill');
    for (const partition of [0, 1, 2]) await send(partition);
    await own.start(['kafka-2']);
    expect(own.address('kafka')).toBe(address);
    await expect.poll(replicas, { timeout: 60_000, interval: 500 }).toEqual([3, 3, 3]);
    const offsets = await admin.fetchTopicOffsets(topic);
    expect(offsets.map(({ high }) => high).sort()).toEqual(['2', '2', '2']);
  });
});
