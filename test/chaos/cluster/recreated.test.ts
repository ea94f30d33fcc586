import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { createTopics } from '../../../src/adapters/kafka/creation.ts';
import type { Assignment, Consumer } from '../../../src/ports/eventlog.ts';
import { recoverGaps } from '../../../src/runtime/operator/gaps.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const broadcast = (seed: number, streamId: string) =>
  madeChat({ seed, streamId, seconds: 900, messagesPerSecond: 3, burstEverySec: 100 });
const events = broadcast(1, 'one');
const earlier = events.slice(0, 600);

/** Deletes a topic and makes it again under its name. */
async function recreate({ place }: KafkaTopology, topic: string, settings: Record<string, string> = {}): Promise<void> {
  const admin = new Kafka({ brokers: [...place.brokers], logLevel: logLevel.NOTHING }).admin();
  const name = `${place.prefix}${topic}`;
  const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [name] });
    while ((await admin.listTopics()).includes(name)) await new Promise((resolve) => setTimeout(resolve, 50));
    await createTopics(admin, [{ topic: name, numPartitions: 1, configEntries }]);
  } finally {
    await admin.disconnect();
  }
}

const start = (deps: StatefulDependencies) => {
  const stage = startStateful(scoreStage({ run: 'live' }), deps);
  stage.done.catch(() => undefined);
  return stage;
};

async function read({ log, clock }: StatefulDependencies, stage: ReturnType<typeof start>, count: number) {
  const at = (): number => {
    const [progress] = stage.progress[0]?.partitions ?? [];
    return progress?.positions['live.analytics'] ?? 0;
  };
  while (at() < count) await Promise.race([stage.done, clock.sleep(20)]);
  return (await log.bounds('streams.seconds', 0)).end;
}

const given = (consumer: Consumer) =>
  new Promise<Assignment>((resolve, reject) => {
    consumer.assignments.subscribe({ next: resolve, error: reject });
  });

describeWithServices(['kafka', 'registry'], 'a topic that is deleted and made again under its name', (addressOf) => {
  test('under a running scorer: it stops loudly, also where the new one holds more records, and at every start after that', {
    timeout: 120_000,
  }, async () => {
    await using topology = await kafkaTopology(addressOf, 1);
    const scorer = await topology.join('scorer');
    await appendLive(scorer, earlier);
    const first = start(scorer);
    await read(scorer, first, earlier.length);
    await first.stop();
    const stage = start(scorer);
    const said = await read(scorer, stage, earlier.length);
    await recreate(topology, 'live.analytics');
    const writer = await topology.join('writer');
    await appendLive(writer, broadcast(2, 'another'));
    const readsOn = read(scorer, stage, earlier.length + 1);
    await expect(readsOn).rejects.toMatchObject({ code: 'offset-range', message: /made anew/ });

    const next = await topology.join('next');
    const again = read(next, start(next), earlier.length + 1);
    await expect(again).rejects.toMatchObject({ code: 'offset-range', message: /made anew/ });
    expect((await next.log.bounds('streams.seconds', 0)).end).toBe(said);
    const rows: unknown[] = [];
    for await (const row of recoverGaps(next, { stage: 'score' }, false)) rows.push(row);
    expect(rows).toMatchObject([
      { kind: 'recreated', topic: 'live.analytics', partition: 0, position: earlier.length },
      { kind: 'recover', gaps: 0, recreated: 1 },
    ]);
  });

  test('that was its changelog: the broadcasts are replayed, to the same bytes', { timeout: 120_000 }, async () => {
    const all = [...broadcast(3, 'quiet').slice(0, 900), ...events];
    const oracle = await uninterrupted([...all, ...broadcast(3, 'quiet').slice(900)], 1);
    await using topology = await kafkaTopology(addressOf, 1);
    const scorer = await topology.join('scorer');
    await appendLive(scorer, all.slice(0, 1_500));
    const stage = start(scorer);
    await read(scorer, stage, 1_500);
    await stage.stop();
    const second = await topology.join('second');
    const going = start(second);
    await read(second, going, 1_500);
    await recreate(topology, 'score.changelog', { 'cleanup.policy': 'compact' });
    // From now on only the broadcast that goes on is written into the changelog.
    await appendLive(second, all.slice(1_500));
    await read(second, going, all.length);
    await going.stop();

    const third = await topology.join('third');
    const last = start(third);
    await appendLive(third, broadcast(3, 'quiet').slice(900));
    await Promise.race([last.done, allRanked(third, 1, 2)]);
    await last.stop();
    expect(await saidBy(third)).toEqual(oracle);
  });

  test('and is committed to by who had read the earlier one: nobody goes on at that commit', async () => {
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('before');
    await appendLive(deps, earlier);
    const spec = { group: 'readers', topics: ['live.analytics'] };
    const consumer = deps.log.consumer(spec);
    const assignment = await given(consumer);
    await assignment.poll({ maxRecords: 600, waitMs: 5_000 });
    await recreate(topology, 'live.analytics');
    await assignment.commit({ 'live.analytics': 600 });
    await consumer.stop();
    const after = await topology.join('after');
    const successor = after.log.consumer(spec);
    const taken = await given(successor);
    await expect(taken.committed()).rejects.toMatchObject({ code: 'offset-range', message: /made anew/ });
    await successor.stop();
  });
});
