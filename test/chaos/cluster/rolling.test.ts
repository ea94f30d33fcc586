import { expect, test } from 'vitest';
import { sessionTimeoutMs } from '../../../src/adapters/kafka/membership.ts';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { toInput } from '../../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { seed, sized } from '../../support/chaos.ts';
import type { ClusterChild } from '../../support/cluster/child.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, madeZeroMs } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const partitions = 4;
const seconds = sized(300, 900);
/** Seconds of the broadcasts in one of the wall. */
const pace = 10;
const streams = Array.from({ length: 8 }, (_, index) =>
  madeChat({ seed: seed + index, streamId: `s${index}`, seconds, messagesPerSecond: 3, burstEverySec: 60 }),
);
const nodes = ['a', 'b', 'c'];
/** A second is scored once the watermark has passed it: two seconds of lateness, and its own end. */
const waitSec = 3;

const secondOf = ({ atMs }: LiveEvent): number => Math.floor((atMs - madeZeroMs) / 1_000);

/** Appends the broadcasts as they happen; gives when each of their seconds was appended, in milliseconds. */
async function onAir(deps: StatefulDependencies): Promise<readonly number[]> {
  const appendedAtMs: number[] = [];
  const beganMs = deps.clock.now();
  for (let second = 0; second <= seconds; second += 1) {
    await deps.clock.sleep(Math.max(0, beganMs + (second * 1_000) / pace - deps.clock.now()));
    await appendLive(
      deps,
      streams.flat().filter((event) => secondOf(event) === second),
    );
    appendedAtMs.push(deps.clock.now());
  }
  return appendedAtMs;
}

/** How long each second took, from the append of what closed it to the append of its score; sorted, in milliseconds. */
async function delays({ log, codec }: StatefulDependencies, appendedAtMs: readonly number[]): Promise<number[]> {
  const first = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition += 1) {
    for (const record of await log.read('streams.seconds', partition, 0, 1_000_000)) {
      await codec.prepare([record.value]);
      const { streamId, atMs } = toInput<'streams.seconds'>(codec, record).record;
      const closedBy = Math.min(seconds, (atMs - madeZeroMs) / 1_000 + waitSec);
      const delay = record.appendedAtMs - (appendedAtMs[closedBy] ?? 0);
      const id = `${streamId} ${atMs}`;
      first.set(id, Math.min(delay, first.get(id) ?? Number.POSITIVE_INFINITY));
    }
  }
  return [...first.values()].sort((a, b) => a - b);
}

/** Puts a new process in the place of each, one after the other; the old one has to drain and end well. */
async function roll(topology: KafkaTopology, running: Map<string, ClusterChild>, isNext: boolean): Promise<void> {
  // The first new one does not stay: those of the version before have to take over what it wrote.
  for (const node of isNext ? ['a', ...nodes] : nodes) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await running.get(node)?.end('SIGTERM'), `SIGTERM to ${node}`).toBe(0);
    const child = topology.start(node, { stage: 'score', isNext });
    running.set(node, child);
    await child.owns();
  }
}

describeWithServices(['kafka', 'registry'], 'a rolling restart of three processes in mid-broadcast', (addressOf) => {
  test.each([
    ['of one version', false],
    ['from one version of the state to the next, both beside each other (promise 28)', true],
  ])(
    '%s: the same bytes, 99 of 100 seconds within 5 s, and every stop drains (promise 22)',
    {
      timeout: sized(180_000, 400_000),
    },
    async (_, isNext) => {
      const oracle = await uninterrupted(streams.flat(), partitions);
      await using topology = await kafkaTopology(addressOf, partitions, { sessionMs: sessionTimeoutMs });
      const writer = await topology.join('writer');
      const running = new Map(nodes.map((node) => [node, topology.start(node, { stage: 'score' })]));
      await Promise.all([...running.values()].map((child) => child.owns()));
      const [appendedAtMs] = await Promise.all([onAir(writer), roll(topology, running, isNext)]);
      await allRanked(writer, partitions, streams.length);
      expect(await Promise.all([...running.values()].map((child) => child.end('SIGTERM')))).toEqual([0, 0, 0]);
      expect(await saidBy(writer)).toEqual(oracle);
      const taken = await delays(writer, appendedAtMs);
      const p99 = taken[Math.floor(taken.length * 0.99)] ?? 0;
      console.info(`live delay: p50 ${taken[taken.length >> 1]} ms, p99 ${p99} ms, worst ${taken.at(-1)} ms`);
      expect(p99).toBeLessThan(5_000);
    },
  );
});
