import { expect, test } from 'vitest';
import type { Running } from '../../../src/runtime/dependencies.ts';
import { startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { seed } from '../../support/chaos.ts';
import { uninterrupted } from '../../support/cluster/oracle.ts';
import { allRanked } from '../../support/cluster/ranked.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat, seeded } from '../../support/madechat.ts';
import { appendLive, saidBy } from '../../support/scoredlog.ts';
import { describeWithServices } from '../../support/services.ts';

const changes = 20;
const partitions = 4;

const streams = Array.from({ length: 8 }, (_, index) =>
  madeChat({ seed: index + 71, streamId: `s${index}`, seconds: 900, messagesPerSecond: 3, burstEverySec: 120 }),
);
/** Every stream's n-th part, for each change of the members one. */
const parts = Array.from({ length: changes + 1 }, (_, part) =>
  streams.flatMap((events) => {
    const cut = (of: number): number => Math.floor((events.length * of) / (changes + 1));
    return events.slice(cut(part), cut(part + 1));
  }),
);

/** Three nodes; each joins the group or leaves it. */
class Members {
  readonly #topology: KafkaTopology;
  readonly #running = new Map<string, Running>();

  constructor(topology: KafkaTopology) {
    this.#topology = topology;
  }

  async toggle(node: string): Promise<void> {
    const running = this.#running.get(node);
    if (running !== undefined && this.#running.size > 1) {
      this.#running.delete(node);
      await running.stop();
      await running.done;
    } else if (running === undefined) {
      this.#running.set(node, startStateful(scoreStage({ run: 'live' }), await this.#topology.join(node)));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((running) => running.stop()));
  }
}

describeWithServices(['kafka', 'registry'], `promise 8: members come and go (seed ${seed})`, (addressOf) => {
  test(`${changes} times in mid-window, and what they say together is what one alone says`, {
    timeout: 300_000,
  }, async () => {
    const oracle = await uninterrupted(parts.flat(), partitions);
    expect(oracle.highlights).toBeGreaterThan(streams.length);
    await using topology = await kafkaTopology(addressOf, partitions);
    const writer = await topology.join('writer');
    const members = new Members(topology);
    const random = seeded(seed);
    await members.toggle('a');
    for (const part of parts) {
      await appendLive(writer, part);
      await members.toggle(['a', 'b', 'c'][Math.floor(random() * 3)] ?? 'a');
      await writer.clock.sleep(Math.floor(random() * 1_500));
    }
    await allRanked(writer, partitions, streams.length);
    await members.stop();
    expect(await saidBy(writer)).toEqual(oracle);
  });
});
