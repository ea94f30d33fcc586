import { expect, test } from 'vitest';
import { seed, sized } from '../../support/chaos.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, seeded } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const rounds = sized(2, 12);
const streams = ['one', 'two', 'three', 'four'].map((streamId, index) =>
  madeChat({ seed: index + 5, streamId, seconds: 1_800, messagesPerSecond: 4, burstEverySec: 150 }),
);
/** The broadcasts' n-th part of three, all channels beside each other in one partition. */
const part = (n: number) =>
  streams.flatMap((events) => events.slice((events.length * n) / 3, (events.length * (n + 1)) / 3));

describeWithServices(
  ['kafka', 'registry'],
  `two processes that believe they own one partition (seed ${seed})`,
  (addressOf) => {
    test(`the slower one, stopped (-STOP) in the middle of a write and woken when it was replaced, changes nothing (${rounds} times)`, {
      timeout: sized(300_000, 1_200_000),
    }, async () => {
      const oracle = await uninterrupted([0, 1, 2].flatMap(part), 1);
      const random = seeded(seed);
      for (let round = 0; round < rounds; round += 1) {
        await using topology = await kafkaTopology(addressOf, 1);
        const writer = await topology.join('writer');
        const outputs = async (): Promise<number> => (await writer.log.bounds('streams.seconds', 0)).end;
        const nothingMoreIsWritten = async (): Promise<void> => {
          for (let before = -1; (await outputs()) !== before; ) {
            before = await outputs();
            await writer.clock.sleep(1_000);
          }
        };
        await appendLive(writer, part(0));
        // Before a write of outputs, or before one of a checkpoint, which comes after some of them.
        const number = 1 + 2 * Math.floor(random() * 5);
        const slow = topology.start('slow', { stage: 'score', atWrite: { number, signal: 'SIGSTOP' } });
        await slow.owns();
        await nothingMoreIsWritten();
        // How many writes there are depends on how much it read at once: it may have ended before that one.
        slow.signal('SIGSTOP');
        const fast = topology.start('fast', { stage: 'score' });
        await fast.owns();
        await appendLive(writer, part(1));
        // The new owner is beyond where the old one stands, and has made that durable.
        await nothingMoreIsWritten();
        expect(await fast.end('SIGTERM')).toBe(0);
        slow.signal('SIGCONT');
        await appendLive(writer, part(2));
        const last = topology.start('last', { stage: 'score' });
        await last.started();
        await Promise.race([allRanked(writer, 1, streams.length), last.ended, slow.ended]);
        expect(await saidBy(writer), `round ${round}, write ${number}`).toEqual(oracle);
        expect(await Promise.all([slow.end('SIGTERM'), last.end('SIGTERM')])).toEqual([0, 0]);
      }
    });
  },
);
