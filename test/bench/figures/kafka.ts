import { Kafka, logLevel } from 'kafkajs';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { knownAddresses } from '../../support/services/found.ts';
import { busyChat } from '../busychat.ts';
import { duration, type Figure, perSecond } from '../figure.ts';

const topic = 'live.analytics';
const streams = 100;
const perSecondEach = 10;
const lasts = 1_000;
const batch = 2_000;

/**
 * Scoring from one partition of Kafka (read, decode, score, outputs and snapshots out, commit), against kafkajs' own
 * consumer that decodes the same records and does nothing with them. Needs `npm run services up`.
 */
export const kafka: Figure = {
  name: 'kafka',
  measure: async () => {
    const addresses = await knownAddresses();
    const { kafka: brokers, registry } = addresses;
    if (brokers === undefined || registry === undefined) return [absent];
    await using topology = await kafkaTopology((service) => addresses[service] ?? '', 1);
    const deps = await topology.join('bench');
    const count = await produce(deps);
    const bare = await duration(() => readBare(brokers.split(','), `${topology.place.prefix}${topic}`, deps, count));
    const scored = await duration(() => score(deps, count));
    return [
      {
        what: `Scoring from Kafka, one partition, ${streams} streams of ${perSecondEach} messages a second, ${count.toLocaleString('en')} Avro events`,
        value: perSecond(count, scored),
        baseline: `kafkajs \`eachBatch\` and decode of the same topic: ${perSecond(count, bare)}`,
        ratio: `${(bare / scored).toFixed(2)} of its rate`,
        aim: 'at least 0.6',
      },
    ];
  },
};

const absent = {
  what: 'Scoring from Kafka',
  value: 'not measured',
  baseline: 'no Kafka and registry (npm run services up)',
};

/** The same chat for every stream, in the order of time, as a partition with many channels would hold it. */
async function produce({ log, codec }: StatefulDependencies): Promise<number> {
  const chat = busyChat(lasts, perSecondEach);
  const events = function* (): Generator<LiveEvent> {
    for (const event of chat) {
      for (let stream = 0; stream < streams; stream++) yield { ...event, streamId: `stream-${stream}` };
    }
  };
  let waiting: { topic: string; key: string; value: Uint8Array }[] = [];
  let count = 0;
  for (const event of events()) {
    waiting.push({ topic, key: event.channelId, value: codec.encode(topic, event) });
    count++;
    if (waiting.length < batch) continue;
    await log.append(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await log.append(waiting);
  return count;
}

async function readBare(
  brokers: string[],
  name: string,
  { codec }: StatefulDependencies,
  count: number,
): Promise<void> {
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
          for (const { value } of messages) if (value !== null) codec.decode(topic, value);
          read += messages.length;
          if (read >= count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}

async function score(deps: StatefulDependencies, count: number): Promise<void> {
  const stage = startStateful(scoreStage({ run: deps.run }), deps);
  const [progress] = stage.progress;
  const isDone = (): boolean =>
    [...(progress?.partitions ?? [])].some(({ positions }) => (positions[topic] ?? 0) >= count);
  while (!isDone()) await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), stage.done]);
  await stage.stop();
}
