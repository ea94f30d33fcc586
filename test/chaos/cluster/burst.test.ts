import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sized } from '../../support/chaos.ts';
import { chatOf, liveEvent, started } from '../../support/chatstream.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { appendLive } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const streams = 50;
const count = sized(100_000, 1_000_000);
/** Seen: 179 MiB with 100,000 events, 339 with 1,000,000, 341 with 3,000,000. */
const mostMore = 450 << 20;

const peakBytes = (pid: number): number =>
  1_024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describeWithServices(['kafka', 'registry'], 'a burst on Kafka', (addressOf) => {
  test(`${count} events at once: a scorer takes all of them in, in bounded memory`, {
    timeout: sized(120_000, 300_000),
  }, async () => {
    await using topology = await kafkaTopology(addressOf, 1);
    const deps = await topology.join('writer');
    const seconds = count / streams / 10;
    const chat = [liveEvent('start', 0, started), ...chatOf({ seconds, perSecond: 10, moments: [seconds / 2] })];
    const events = chat.length * streams;
    const scorer = topology.start('scorer', { stage: 'score', saysRead: events });
    await scorer.owns();
    const before = peakBytes(scorer.pid);
    for (let at = 0; at < chat.length; at += 100) {
      const some = chat.slice(at, at + 100);
      const names = Array.from({ length: streams }, (_, n) => `stream-${n}`);
      await appendLive(
        deps,
        some.flatMap((event) => names.map((streamId) => ({ ...event, streamId }))),
      );
    }
    await scorer.says((lines) => lines.includes('read'));
    const more = peakBytes(scorer.pid) - before;
    console.info(
      `${Math.round(more / 2 ** 20)} MiB more than the ${Math.round(before / 2 ** 20)} MiB of an idle scorer`,
    );
    expect(more).toBeLessThan(mostMore);
    expect(await scorer.end('SIGTERM')).toBe(0);
    const committed = await deps.log.committedBy('live.score', ['live.analytics']);
    expect(committed.get('live.analytics')).toEqual([events]);
  });
});
