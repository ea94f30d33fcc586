import { expect, test } from 'vitest';
import { toAppend, toInput } from '../../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { seed, sized } from '../../support/chaos.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { seeded } from '../../support/madechat.ts';
import { describeWithServices } from '../../support/services.ts';
import { refineTask } from '../../support/taskstages.ts';

const kills = sized(3, 20);
const concurrency = 10;
const tasks = Array.from({ length: sized(60, 400) }, (_, n) => `task-${String(n).padStart(3, '0')}`);

/** Ids of the tasks whose outcome is in the log, as often as it is. */
async function outcomes({ log, codec }: StatefulDependencies): Promise<string[]> {
  const records = await log.read('highlights.refined', 0, 0, 10_000);
  await codec.prepare(records.map(({ value }) => value));
  return records.map((record) => toInput<'highlights.refined'>(codec, record).record.taskId);
}

const idsAfter = (word: string, lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length));

describeWithServices(['kafka', 'registry'], `promise 19 on Kafka (seed ${seed})`, (addressOf) => {
  test(`a worker that is killed (-9) ${kills} times with ten tasks in flight, done out of order, does none twice and loses none`, {
    timeout: sized(120_000, 600_000),
  }, async () => {
    await using topology = await kafkaTopology(addressOf, 1);
    const writer = await topology.join('writer');
    await writer.log.append(tasks.map((id) => toAppend(writer.codec, refineTask(id, 'channel'))));
    const random = seeded(seed);
    const start = (kill: number) => topology.start('node', { stage: 'refine', concurrency, seed: seed + kill });
    for (let kill = 0; kill < kills; kill += 1) {
      const before = new Set(await outcomes(writer));
      const worker = start(kill);
      // Ten have begun, and of those that have ended one began after another that has not.
      await worker.says((lines) => {
        const begun = idsAfter('begins ', lines);
        const ended = idsAfter('ends ', lines);
        const firstOpen = begun.findIndex((id) => !ended.includes(id));
        return begun.length - ended.length >= concurrency && begun.slice(firstOpen).some((id) => ended.includes(id));
      });
      await new Promise((resolve) => setTimeout(resolve, random() * 300));
      expect(await worker.end('SIGKILL')).toBe('SIGKILL');
      expect(idsAfter('begins ', worker.lines).filter((id) => before.has(id))).toEqual([]);
    }
    const last = start(kills);
    const committed = async () => (await writer.log.committedBy('live.refine', ['refine.tasks'])).get('refine.tasks');
    while ((await committed())?.[0] !== tasks.length) {
      await Promise.race([writer.clock.sleep(100), last.ended.then((end) => expect.fail(`it ended with ${end}`))]);
    }
    expect(await last.end('SIGTERM')).toBe(0);
    expect((await outcomes(writer)).sort()).toEqual(tasks);
  });
});
