import { expect, test } from 'vitest';
import { seed, sized } from '../../support/chaos.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import type { ScorePart } from '../../support/cluster/part.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, seeded } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const kills = sized(6, 50);
const partitions = 2;
// Long enough that no scorer comes to the end before its last kill.
const events = ['one', 'two', 'three'].flatMap((streamId, index) =>
  madeChat({ seed: index + 1, streamId, seconds: sized(3_600, 4 * 3_600), messagesPerSecond: 5, burstEverySec: 300 }),
);
const untilRanked = 3;

describeWithServices(['kafka', 'registry'], `promise 1 on Kafka (seed ${seed})`, (addressOf) => {
  test(`a scorer that is killed (-9) ${kills} times in a replay says the same bytes and loses nothing`, {
    timeout: sized(180_000, 900_000),
  }, async () => {
    const oracle = await uninterrupted(events, partitions);
    await using topology = await kafkaTopology(addressOf, partitions);
    const writer = await topology.join('writer');
    await appendLive(writer, events);
    const random = seeded(seed);
    for (let kill = 0; kill < kills; kill += 1) {
      // By turns in a checkpoint, whose order matters, at any write, and at any time, in the middle of a request too.
      const writes = [
        { number: 2 + Math.floor(random() * 3), to: 'score.changelog', signal: 'SIGKILL' },
        { number: 1 + Math.floor(random() * 12), signal: 'SIGKILL' },
      ] as const;
      const atWrite = writes[kill % 3];
      const part: ScorePart = { stage: 'score', untilRanked, ...(atWrite === undefined ? {} : { atWrite }) };
      const scorer = topology.start('node', part);
      if (atWrite === undefined) {
        await scorer.owns();
        await new Promise((resolve) => setTimeout(resolve, random() * 300));
        scorer.signal('SIGKILL');
      }
      expect(await scorer.ended, `kill ${kill}`).toBe('SIGKILL');
    }
    expect(await topology.start('node', { stage: 'score', untilRanked }).ended).toBe(0);
    expect(oracle.highlights).toBeGreaterThan(20);
    expect(await saidBy(writer)).toEqual(oracle);
  });
});
