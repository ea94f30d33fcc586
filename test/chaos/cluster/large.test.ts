import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat } from '../../support/madechat.ts';
import { largePoison } from '../../support/poison.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const live = 'live.analytics';
const tenMegabytes = 10_000_000;
/** What a topic takes where nobody says otherwise; brokers of `npm run services` take more. */
const ofKafka = 1_048_588;
const broadcastOf = (streamId: string): LiveEvent[] =>
  madeChat({ seed: 5, streamId, seconds: 900, messagesPerSecond: 3, burstEverySec: 100 });
const events = broadcastOf('one');
/** All but the rankings. */
const untouched = ['highlights.detected', 'streams.seconds'] as const;

/** Sets the largest batch that a topic takes, in bytes. */
async function limit({ place }: KafkaTopology, topic: string, bytes: number): Promise<void> {
  const admin = new Kafka({ brokers: [...place.brokers], logLevel: logLevel.NOTHING }).admin();
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
  await admin.connect();
  try {
    const resources = [{ type: 2, name: `${place.prefix}${topic}`, configEntries }];
    await admin.alterConfigs({ validateOnly: false, resources });
  } finally {
    await admin.disconnect();
  }
}

/** Sends what other software than Cliptide might, as one batch. */
async function sendRaw({ place }: KafkaTopology, values: readonly Buffer[]): Promise<void> {
  const producer = new Kafka({ brokers: [...place.brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const messages = values.map((value) => ({ key: 'channel-of-one', value, partition: 0 }));
  await producer.send({ topic: `${place.prefix}${live}`, messages });
  await producer.disconnect();
}

async function scoreAll(deps: StatefulDependencies): Promise<void> {
  const stage = startStateful(scoreStage({ run: 'live' }), deps);
  await Promise.race([stage.done, allRanked(deps, 1, 1)]);
  await stage.stop();
  await stage.done;
}

describeWithServices(['kafka', 'registry'], 'what is large, on Kafka', (addressOf) => {
  test('records of 10 MB that are none become dead letters; what is around them says the same bytes', {
    timeout: 180_000,
  }, async () => {
    const oracle = await uninterrupted(events, 1);
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('scorer');
    const poison = largePoison(deps.codec);
    await limit(topology, live, 2 * tenMegabytes);
    await limit(topology, 'score.dead', ofKafka);
    await appendLive(deps, events.slice(0, 600));
    for (const { value } of poison) await sendRaw(topology, [Buffer.from(value ?? [])]);
    await appendLive(deps, events.slice(600));
    await scoreAll(deps);
    expect(await saidBy(deps)).toEqual(oracle);
    const dead = await deps.log.read('score.dead', 0, 0, 10);
    const letters = dead.map(({ value }) => deps.codec.decode('dead-letters', value ?? Buffer.alloc(0)));
    expect(letters).toMatchObject(
      poison.map(({ value }, index) => ({ offset: 600 + index, valueBytes: value?.length, code: 'schema' })),
    );
  });

  test('ids, keys, headers and texts of 600 kB, which just fit into a record, stop nothing', {
    timeout: 180_000,
  }, async () => {
    const long = (letter: string): string => letter.repeat(600_000);
    const [some] = broadcastOf('other').filter(({ kind }) => kind === 'chat');
    if (some?.chat === null || some === undefined) throw new Error('there is no message');
    const { chat } = some;
    const strange: LiveEvent[] = [
      { ...some, eventId: long('e') },
      { ...some, eventId: 'user', chat: { ...chat, userId: long('u') } },
      { ...some, eventId: 'text', chat: { ...chat, text: long('t') } },
      { ...some, eventId: 'emotes', chat: { ...chat, emotes: [long('m')] } },
      { ...some, eventId: 'kind', kind: long('k') },
      ...['s', 'r', 'q'].map((letter) => ({ ...some, eventId: letter, source: long(letter) })),
    ];
    const ofNobody: LiveEvent[] = [
      { ...some, streamId: long('i') },
      // It is the record's key, too.
      { ...some, channelId: long('c').slice(0, 400_000) },
    ];
    const all = [
      ...events.slice(0, 600),
      ...broadcastOf('other').slice(0, 100),
      ...strange,
      ...ofNobody,
      ...events.slice(600),
    ];
    const oracle = await uninterrupted(all, 1, untouched, 1);
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('scorer');
    for (const topic of [live, 'score.dead', 'score.changelog']) await limit(topology, topic, ofKafka);
    await appendLive(deps, all);
    await deps.log.append([{ topic: live, key: long('y'), value: Buffer.from('nothing') }]);
    await deps.log.append([{ topic: live, key: 'k', value: Buffer.from('nothing'), headers: { h: long('h') } }]);
    await scoreAll(deps);
    expect(await saidBy(deps, untouched)).toEqual(oracle);
    const dead = await deps.log.read('score.dead', 0, 0, 100);
    // What is long elsewhere in an event is refused by the broadcast's own scoring, and names it.
    const letters = dead
      .map(({ value }) => deps.codec.decode('dead-letters', value ?? Buffer.alloc(0)))
      .filter(({ streamId }) => streamId === '');
    expect(letters.map(({ code }) => code)).toEqual(['damaged', 'damaged', 'schema', 'schema']);
    expect(letters[0]?.reason).toMatch(/streamId has 600000 characters; an id has at most 1000/);
    expect(letters[2]?.key).toHaveLength(1_000);
    expect(letters[3]?.headers.h?.length).toBeLessThan(65_536);
  });

  test('a batch of 10 MB, and an append of as much, are read whole', async () => {
    const chat = madeChat({ seed: 6, streamId: 'one', seconds: 900, messagesPerSecond: 10, burstEverySec: 100 });
    // Long sentences: their bytes are what matters here.
    const talk = 'and so on and so forth, '.repeat(70);
    const long = chat.map((event) =>
      event.chat === null ? event : { ...event, chat: { ...event.chat, text: `${event.chat.text} ${talk}` } },
    );
    const oracle = await uninterrupted(long, 1);
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('scorer');
    const middle = Math.floor(long.length / 2);
    const values = long.slice(0, middle).map((event) => Buffer.from(deps.codec.encode(live, event)));
    expect(Buffer.concat(values).length).toBeGreaterThan(tenMegabytes);
    await limit(topology, live, 2 * tenMegabytes);
    await sendRaw(topology, values);
    await limit(topology, live, ofKafka);
    const rest = long
      .slice(middle)
      .map((event) => ({ topic: live, key: event.channelId, value: deps.codec.encode(live, event) }));
    await deps.log.append(rest);
    await scoreAll(deps);
    expect(await saidBy(deps)).toEqual(oracle);
  });

  test('what a broker refuses as too large is refused at once, with what to do, and the next append goes on', {
    timeout: 180_000,
  }, async () => {
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('writer');
    await limit(topology, live, ofKafka);
    const large = { topic: live, key: 'k', value: Buffer.alloc(tenMegabytes) };
    await expect(deps.log.append([large])).rejects.toMatchObject({ code: 'input', hint: /max\.message\.bytes/ });
    await appendLive(deps, events.slice(0, 3));
    const headers = { h: 'h'.repeat(100_000) };
    await deps.log.append(
      Array.from({ length: 20 }, () => ({ topic: live, key: 'k', value: Buffer.alloc(1), headers })),
    );
    expect(await deps.log.bounds(live, 0)).toEqual({ start: 0, end: 23 });
  });
});
