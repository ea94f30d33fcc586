import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { createCodec, subjectOf } from '../../../src/adapters/avro/codec.ts';
import { confluentRegistry } from '../../../src/adapters/avro/confluent.ts';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { createTopics } from '../../../src/adapters/kafka/creation.ts';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { seed, sized } from '../../support/chaos.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, seeded } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithOwnServices } from '../../support/services.ts';

const partitions = 3;
const streams = ['one', 'two', 'three', 'four'].map((streamId, index) =>
  madeChat({ seed: index + 1, streamId, seconds: 900, messagesPerSecond: 3, burstEverySec: 100 }),
);
const parts = 8;
const part = (n: number) =>
  streams.flatMap((events) => events.slice((events.length * n) / parts, (events.length * (n + 1)) / parts));
const all = Array.from({ length: parts }, (_, n) => part(n)).flat();
/** A writer that is not sure appends again, and how often an event came is told in the rankings only. */
const untouched = ['highlights.detected', 'streams.seconds'] as const;

const sumOf = async ({ log }: StatefulDependencies, topic: string): Promise<number> => {
  const bounds = await Promise.all(Array.from({ length: partitions }, (_, n) => log.bounds(topic, n)));
  return bounds.reduce((sum, { end }) => sum + end, 0);
};

async function surely(deps: StatefulDependencies, events: readonly LiveEvent[]): Promise<void> {
  for (;;) {
    try {
      return await appendLive(deps, events);
    } catch {
      await deps.clock.sleep(500);
    }
  }
}

/** What the next version of Cliptide is to the registry: live events by another schema, and so under another id. */
async function nextVersion(deps: StatefulDependencies, { place }: KafkaTopology): Promise<StatefulDependencies> {
  const schemas = new Map(loadSchemas());
  const live = JSON.parse(schemas.get('live.analytics') ?? '') as { fields: object[] };
  live.fields.push({ name: 'since', type: 'string', default: '' });
  schemas.set('live.analytics', JSON.stringify(live));
  const registry = confluentRegistry({ url: place.registry, prefix: place.prefix });
  await registry.register(subjectOf('live.analytics'), JSON.stringify(live));
  return { ...deps, codec: await createCodec({ registry, schemas }) };
}

const options = { folder: 'outages', services: ['kafka', 'registry'], brokers: 3 } as const;

describeWithOwnServices(options, `services that break (seed ${seed})`, (own) => {
  test(`promise 7: a registry that is down for ${sized(5, 60)} s while a new schema id arrives pauses scoring; nothing is a dead letter`, {
    timeout: sized(120_000, 240_000),
  }, async () => {
    const oracle = await uninterrupted(all, partitions);
    await using topology = await kafkaTopology(own.address, partitions);
    const [writer, scorer] = [await topology.join('writer'), await topology.join('scorer')];
    const stage = startStateful(scoreStage({ run: 'live' }), scorer);
    await appendLive(writer, part(0));
    while ((await sumOf(writer, 'streams.seconds')) === 0) await writer.clock.sleep(100);
    const next = await nextVersion(writer, topology);
    await own.stop(['registry'], 'kill');
    await appendLive(
      next,
      part(1).map((event) => ({ ...event, since: 'next' })),
    );
    const waited = () => scorer.metrics.value('cliptide_waits_total', { stage: 'score', on: 'registry' });
    while (waited() < 3) await Promise.race([stage.done, writer.clock.sleep(100)]);
    const before = await sumOf(writer, 'streams.seconds');
    await writer.clock.sleep(sized(5_000, 60_000));
    expect(await sumOf(writer, 'streams.seconds')).toBe(before);
    await own.start(['registry']);
    for (let n = 2; n < parts; n += 1) await appendLive(writer, part(n));
    await Promise.race([stage.done, allRanked(writer, partitions, streams.length)]);
    await stage.stop();
    expect(await sumOf(writer, 'score.dead')).toBe(0);
    expect(await saidBy(writer)).toEqual(oracle);
  });

  test('three brokers have everything on three again when one that was killed is back', {
    timeout: 120_000,
  }, async () => {
    const topic = 'kept';
    const kafka = new Kafka({ brokers: own.address('kafka').split(','), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    const replicas = async () =>
      (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.map(({ isr }) => isr.length);
    await admin.connect();
    try {
      await createTopics(admin, [{ topic, numPartitions: 3 }]);
      await expect.poll(replicas, { timeout: 30_000, interval: 500 }).toEqual([3, 3, 3]);
      await own.stop(['kafka-2'], 'kill');
      await own.start(['kafka-2']);
      await expect.poll(replicas, { timeout: 60_000, interval: 500 }).toEqual([3, 3, 3]);
    } finally {
      await admin.disconnect();
    }
  });

  test('promise 9: one broker of three restarted after the other, and one lost for good, are ridden out', {
    timeout: sized(240_000, 400_000),
  }, async () => {
    const oracle = await uninterrupted(all, partitions, untouched);
    await using topology = await kafkaTopology(own.address, partitions);
    const [writer, scorer] = [await topology.join('writer'), await topology.join('scorer')];
    const stage = startStateful(scoreStage({ run: 'live' }), scorer);
    const random = seeded(seed);
    const victims = ['kafka-1', 'kafka-2', 'kafka-3'].sort(() => random() - 0.5);
    for (const [n, victim] of victims.entries()) {
      await surely(writer, part(2 * n));
      await own.stop([victim], n % 2 === 0 ? 'kill' : 'gently');
      await surely(writer, part(2 * n + 1));
      if (n < victims.length - 1) await own.start([victim]);
    }
    await surely(writer, [...part(6), ...part(7)]);
    await Promise.race([stage.done, allRanked(writer, partitions, streams.length)]);
    await stage.stop();
    await stage.done;
    expect(await saidBy(writer, untouched)).toEqual(oracle);
  });
});
