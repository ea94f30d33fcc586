import { expect, test } from 'vitest';
import type { Fates, LiveEvent } from '../../../src/domain/records.gen.ts';
import { toInput } from '../../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { seed } from '../../support/chaos.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, seeded } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const partitions = 2;
const names = ['one', 'two', 'three'];
const streams = names.map((streamId, index) =>
  madeChat({ seed: index + 21, streamId, seconds: 1_800, messagesPerSecond: 3, burstEverySec: 200 }),
);
/** How many events can lie between an event and its second delivery: a few seconds. */
const apart = 30;
/** How often an event came is told in the rankings only. */
const untouched = ['highlights.detected', 'streams.seconds'] as const;

/** About 30% of the messages a second time: at once, or some events later. */
function twice(events: readonly LiveEvent[], random: () => number): LiveEvent[] {
  const order = events.flatMap((event, at) => {
    if (event.kind !== 'chat' || random() >= 0.3) return [{ event, at }];
    const later = random() < 0.5 ? 0 : Math.floor(random() * apart);
    return [
      { event, at },
      // Behind its first delivery, and before the end of the broadcast.
      { event, at: Math.min(at + later + 0.5, events.length - 1.5) },
    ];
  });
  return order.sort((a, b) => a.at - b.at).map(({ event }) => event);
}

async function fatesOf({ log, codec }: StatefulDependencies): Promise<ReadonlyMap<string, Fates>> {
  const fates = new Map<string, Fates>();
  for (let partition = 0; partition < partitions; partition += 1) {
    const records = await log.read('highlights.ranked', partition, 0, 1_000);
    await codec.prepare(records.map(({ value }) => value));
    for (const record of records) {
      const ranking = toInput<'highlights.ranked'>(codec, record).record;
      fates.set(ranking.streamId, ranking.fates);
    }
  }
  return fates;
}

describeWithServices(['kafka', 'registry'], `promise 4 on Kafka (seed ${seed})`, (addressOf) => {
  test('30% of the messages twice, and a scorer that is killed among them: the same bytes, and every message counted once', {
    timeout: 120_000,
  }, async () => {
    const oracle = await uninterrupted(streams.flat(), partitions, untouched);
    const random = seeded(seed);
    const delivered = streams.map((events) => twice(events, random));
    await using topology = await kafkaTopology(addressOf, partitions);
    const writer = await topology.join('writer');
    await appendLive(writer, delivered.flat());
    const atWrite = { number: 3, to: 'score.changelog', signal: 'SIGKILL' } as const;
    const first = topology.start('node', { stage: 'score', untilRanked: streams.length, atWrite });
    expect(await first.ended).toBe('SIGKILL');
    expect(await topology.start('node', { stage: 'score', untilRanked: streams.length }).ended).toBe(0);

    expect(oracle.highlights).toBeGreaterThan(15);
    expect(await saidBy(writer, untouched)).toEqual(oracle);
    const fates = await fatesOf(writer);
    for (const [index, name] of names.entries()) {
      // All but the marks of start and end.
      const [once = 0, all = 0] = [streams[index], delivered[index]].map((events) => (events?.length ?? 0) - 2);
      const { duplicate = 0, late = 0, ...others } = fates.get(name) ?? {};
      expect(others, name).toEqual({ read: all, processed: once, deadLettered: 0, ignored: 0 });
      // What comes again after the watermark has passed it is late, whatever it was.
      expect(duplicate + late, name).toBe(all - once);
      expect(Math.min(duplicate, late), name).toBeGreaterThan(100);
    }
  });
});
