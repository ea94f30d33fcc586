import { Kafka, logLevel } from 'kafkajs';
import { busyChat } from '../../busychat.ts';
import { duration, type Figure, perSecond } from '../../figure.ts';
import { type Cluster, inStreams, live, onServices, produce, startScoring, takenIn, until } from './services.ts';

const streams = 100;
const perSecondEach = 10;
const lasts = 1_000;

/**
 * Scoring from one partition of Kafka (read, decode, score, outputs and snapshots out, commit), against kafkajs' own
 * consumer that decodes the same records and does nothing with them.
 */
export const scoring: Figure = {
  name: 'kafka',
  measure: () =>
    onServices('Scoring from Kafka', 1, async (cluster) => {
      const count = await produce(cluster.deps, inStreams(busyChat(lasts, perSecondEach), streams));
      const bare = await duration(() => readBare(cluster, count));
      const scored = await duration(async () => {
        const stage = startScoring(cluster.deps);
        await until(() => takenIn(stage) >= count, stage);
        await stage.stop();
      });
      return [
        {
          what: `Scoring from Kafka, one partition, ${streams} streams of ${perSecondEach} messages a second, ${count.toLocaleString('en')} Avro events`,
          value: perSecond(count, scored),
          baseline: `kafkajs \`eachBatch\` and decode of the same topic: ${perSecond(count, bare)}`,
          ratio: `${(bare / scored).toFixed(2)} of its rate`,
          aim: 'at least 0.6',
        },
      ];
    }),
};

/** Reads and decodes what live streams hold, with kafkajs' own consumer and nothing else. */
export async function readBare({ brokers, topology, deps: { codec } }: Cluster, count: number): Promise<void> {
  const name = `${topology.place.prefix}${live}`;
  const consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({
    groupId: `${name}-bare`,
    maxWaitTimeInMs: 500,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  let read = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch: { messages } }) => {
          await codec.prepare(messages.map(({ value }) => value ?? new Uint8Array()));
          for (const { value } of messages) if (value !== null) codec.decode(live, value);
          read += messages.length;
          if (read >= count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}
