import { Kafka, logLevel } from 'kafkajs';
import { memoryStateStore } from '../../../../src/adapters/embedded/statestore.ts';
import type { LiveEvent } from '../../../../src/domain/records.gen.ts';
import { type Entry, KeyedPartition } from '../../../../src/runtime/keyedpartition.ts';
import type { StatefulDependencies } from '../../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../../src/stages/score/stage.ts';
import type { ScoreState } from '../../../../src/stages/score/state.ts';
import { madeChat } from '../../../support/madechat.ts';
import { type Figure, milliseconds } from '../../figure.ts';
import { inPace } from './pace.ts';
import { type Cluster, live, onServices, produce, until } from './services.ts';

const streams = 100;
const perSecond = 15;
const before = 300;
const lasts = 90;
const detected = 'highlights.detected';
const run = 'live';

/**
 * How long a highlight takes from the event that lets it be known to its record being read: the wait for the watermark,
 * which is the scorer's model and not its speed, is left out. Against one record's way through Kafka at the same load.
 */
export const delay: Figure = {
  name: 'delay',
  measure: () =>
    onServices('Live delay', 1, async (cluster) => {
      const [past, now] = chats();
      const count = await produce(cluster.deps, past);
      const trips = await roundTrips(cluster);
      const scorer = cluster.topology.start('scorer', { stage: 'score', saysRead: count });
      await scorer.says((lines) => lines.includes('read'));
      const known = (await cluster.deps.log.bounds(detected, 0)).end;
      const seen = watch(await cluster.topology.join('watcher'), known);
      const from = now[0]?.atMs ?? 0;
      const handedAt = await inPace(cluster.deps, now, { zeroMs: from });
      const due = await dueTo(cluster.deps);
      await until(() => seen.at.length >= due.length - known);
      await seen.stop();
      await scorer.end('SIGTERM');
      const delays = due.slice(known).map((offset, index) => (seen.at[index] ?? 0) - (handedAt[offset - count] ?? 0));
      const [mid, worst] = quantiles(delays);
      const [tripMid, tripWorst] = quantiles(trips);
      return [
        {
          what: `Live delay beyond the watermark, from the event that lets a highlight be known to its record being read, at ${Math.round(now.length / lasts).toLocaleString('en')} events a second; ${delays.length} highlights, p50 and p99`,
          value: `${milliseconds(mid)}, ${milliseconds(worst)}`,
          baseline: `a record's way through Kafka in a bare kafkajs loop: ${milliseconds(tripMid)}, ${milliseconds(tripWorst)}`,
          ratio: `p99 ${milliseconds(worst - tripWorst)} more`,
          aim: 'p99 under 250 ms more',
        },
      ];
    }),
};

/** What was said before the measurement, and in it; the bursts of the streams are spread over its time. */
function chats(): readonly [readonly LiveEvent[], readonly LiveEvent[]] {
  const seconds = before + 2 * lasts;
  const all = Array.from({ length: streams }, (_, n) => {
    const shiftMs = Math.floor((n / streams) * lasts * 1_000);
    const chat = madeChat({
      seed: n + 1,
      streamId: `stream-${n}`,
      seconds,
      messagesPerSecond: perSecond,
      burstEverySec: lasts,
    });
    return chat.map((event) => ({ ...event, atMs: event.atMs - shiftMs }));
  }).flat();
  all.sort((a, b) => a.atMs - b.atMs);
  const zeroMs = (all.at(-1)?.atMs ?? 0) - lasts * 2_000;
  const spoken = all.filter(({ atMs }) => atMs < zeroMs + lasts * 1_000);
  return [spoken.filter(({ atMs }) => atMs < zeroMs), spoken.filter(({ atMs }) => atMs >= zeroMs)];
}

/** Of each highlight, in order, the offset of the event that lets it be known: scored once more, one event at a time. */
async function dueTo({ log, codec }: StatefulDependencies): Promise<readonly number[]> {
  const partition = new KeyedPartition(scoreStage({ run }), codec, memoryStateStore<Entry<ScoreState>>(), 0);
  const due: number[] = [];
  const { end } = await log.bounds(live, 0);
  for (let from = 0; from < end; ) {
    const records = await log.read(live, 0, from, 5_000);
    await codec.prepare(records.map(({ value }) => value));
    for (const record of records) {
      const highlights = partition.process([record], 0).filter(({ topic }) => topic === detected).length;
      for (let n = 0; n < highlights; n++) due.push(record.offset);
    }
    from = (records.at(-1)?.offset ?? end) + 1;
  }
  return due;
}

/** When each record from an offset on is there for who waits for it. */
function watch({ log }: StatefulDependencies, from: number) {
  const at: number[] = [];
  const consumer = log.consumer({ group: 'watcher', topics: [detected] });
  const ends = new AbortController();
  consumer.assignments.subscribe((assignment) => {
    assignment.seek(detected, from);
    const poll = async (): Promise<void> => {
      while (!ends.signal.aborted) {
        const records = await assignment.poll({ maxRecords: 100, waitMs: 200 });
        for (const _ of records) at.push(performance.now());
      }
    };
    poll().catch((error: unknown) => {
      if (!ends.signal.aborted) throw error;
    });
  });
  return {
    at,
    stop: async (): Promise<void> => {
      ends.abort();
      await consumer.stop();
    },
  };
}

const tripEveryMs = 10;
const trips = 1_000;

/** A bare kafkajs producer and consumer: from sending a batch of as many bytes to its being there, in milliseconds. */
async function roundTrips({ brokers, topology }: Cluster): Promise<readonly number[]> {
  const topic = `${topology.place.prefix}attempts`;
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const [producer, consumer] = [
    kafka.producer({ idempotent: true, maxInFlightRequests: 1 }),
    kafka.consumer({ groupId: `${topic}-bare` }),
  ];
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: true });
  const taken: number[] = [];
  await consumer.run({
    eachMessage: async ({ message: { key } }) => {
      taken.push(performance.now() - Number(key));
    },
  });
  const send = (): Promise<unknown> =>
    producer.send({ topic, messages: [{ partition: 0, key: String(performance.now()), value: Buffer.alloc(4_000) }] });
  // The consumer has joined its group when it has the first one.
  await send();
  await until(() => taken.length > 0);
  taken.length = 0;
  for (let sent = 0; sent < trips; sent++) {
    await Promise.all([send(), new Promise((resolve) => setTimeout(resolve, tripEveryMs))]);
  }
  await until(() => taken.length >= trips);
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  return taken;
}

/** Median and 99th percentile. */
function quantiles(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted[Math.floor(sorted.length * 0.99)] ?? 0];
}
