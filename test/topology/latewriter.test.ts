import { firstValueFrom } from 'rxjs';
import { expect, test } from 'vitest';
import { EmbeddedEventLog } from '../../src/adapters/embedded/eventlog.ts';
import { memoryStateStore } from '../../src/adapters/embedded/statestore.ts';
import { groupOf } from '../../src/runtime/dependencies.ts';
import { type Entry, KeyedPartition } from '../../src/runtime/keyedpartition.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { readChangelog } from '../../src/runtime/recovery.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import type { ScoreState } from '../../src/stages/score/state.ts';
import { madeChat } from '../support/madechat.ts';
import { appendLive, saidBy, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const streams = ['one', 'two', 'three'].map((streamId, index) =>
  madeChat({ seed: index + 17, streamId, seconds: 1_200, messagesPerSecond: 2, burstEverySec: 150 }),
);
const thirds = [0, 1, 2].map((third) =>
  streams.flatMap((events) =>
    events.slice(Math.floor((events.length * third) / 3), Math.floor((events.length * (third + 1)) / 3)),
  ),
);

/** A member that read its state, lost the partition, and knows nothing of it. */
async function lateWriter(deps: StatefulDependencies) {
  const stage = scoreStage({ run: 'live' });
  const consumer = deps.log.consumer({ group: groupOf(deps.run, stage.name), topics: stage.inputs });
  const { epoch } = await firstValueFrom(consumer.assignments);
  await consumer.stop();
  const partition = new KeyedPartition(stage, deps.codec, memoryStateStore<Entry<ScoreState>>(), 0);
  partition.restore(await readChangelog(deps.log, deps.codec, 'score', 0), epoch, {});
  return {
    process: async (from: number, count: number) => {
      const records = await deps.log.read('live.analytics', 0, from, count);
      return partition.process(records, 0).length;
    },
    /** A checkpoint, some seconds late: whole, or broken off before the partition's record. */
    checkpoint: async (isWhole: boolean) => {
      const outputs = isWhole ? [...partition.snapshots(), partition.offsetsRecord()] : partition.snapshots();
      await deps.log.append(outputs.map((output) => toAppend(deps.codec, output)));
    },
  };
}

const oracle = withLog(undefined, 1, async (deps) => {
  await appendLive(deps, thirds.flat());
  await scoreToTheEnd(deps);
  return saidBy(deps);
});

test.each([
  ['whole checkpoints', true],
  ['checkpoints that broke off', false],
])(
  'two members that believe they own one partition: %s of the slower one change nothing, also after compaction',
  async (_, isWhole) => {
    const said = await withLog(undefined, 1, async (deps) => {
      const [first = [], second = [], third = []] = thirds;
      await appendLive(deps, first);
      await scoreToTheEnd(deps);
      const slow = await lateWriter(deps);
      await appendLive(deps, second);
      expect(await slow.process(first.length, Math.floor(second.length / 2))).toBeGreaterThan(0);
      await scoreToTheEnd(deps);
      await slow.checkpoint(isWhole);
      await slow.process(first.length + Math.floor(second.length / 2), 200);
      await slow.checkpoint(isWhole);
      if (deps.log instanceof EmbeddedEventLog) await deps.log.sweep(deps.clock.now());
      await appendLive(deps, third);
      await scoreToTheEnd(deps);
      return saidBy(deps);
    });
    expect(said).toEqual(await oracle);
  },
);

test('a member that died before its first partition record leaves the record of the one before it valid', async () => {
  const said = await withLog(undefined, 1, async (deps) => {
    const [first = [], second = [], third = []] = thirds;
    await appendLive(deps, first);
    await scoreToTheEnd(deps);
    const slow = await lateWriter(deps);
    const dying = await lateWriter(deps);
    await appendLive(deps, second);
    await dying.process(first.length, Math.floor(second.length / 2));
    await dying.checkpoint(false);
    await slow.process(first.length, second.length);
    await slow.checkpoint(true);
    await appendLive(deps, third);
    await scoreToTheEnd(deps);
    return (await saidBy(deps)).hash;
  });
  // What the two said themselves was not appended here; the rest is what one that never stopped says of it.
  const rest = await withLog(undefined, 1, async (deps) => {
    await appendLive(deps, thirds[0] ?? []);
    await scoreToTheEnd(deps);
    const whole = await lateWriter(deps);
    await appendLive(deps, thirds[1] ?? []);
    await whole.process((thirds[0] ?? []).length, (thirds[1] ?? []).length);
    await whole.checkpoint(true);
    await appendLive(deps, thirds[2] ?? []);
    await scoreToTheEnd(deps);
    return (await saidBy(deps)).hash;
  });
  expect(said).toBe(rest);
});
