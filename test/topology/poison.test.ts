import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeadLetter } from '../../src/domain/records.gen.ts';
import { ArchiveTable } from '../../src/runtime/archive.ts';
import { finishedTasks } from '../../src/runtime/finishedtasks.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import type { SinkStage } from '../../src/runtime/stage.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { startWorker } from '../../src/runtime/worker.ts';
import { conductStage } from '../../src/stages/conduct/stage.ts';
import { positionOf } from '../../src/stages/ingest/positions.ts';
import { stages } from '../../topology/graph.ts';
import { type DeadLetterTopic, deadLetterTopic, type StageName } from '../../topology/topics.ts';
import { channelId, credits, detected, openedFile, streamId } from '../support/conductworld.ts';
import { madeChat } from '../support/madechat.ts';
import { anyReason, largePoison, type Poison, poison } from '../support/poison.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, type Said, saidBy, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';
import { countingWorker, refineTask } from '../support/taskstages.ts';

const partitions = 2;
const longestKept = 64 * 1024;
const streams = ['one', 'two'].map((streamId, index) =>
  madeChat({ seed: index + 7, streamId, seconds: 900, messagesPerSecond: 3, burstEverySec: 200 }),
);
const firstHalf = streams.flatMap((events) => events.slice(0, 1_500));
const secondHalf = streams.flatMap((events) => events.slice(1_500));

const unpoisoned = (): Promise<Said> =>
  withLog(undefined, partitions, async (deps) => {
    await appendLive(deps, [...firstHalf, ...secondHalf]);
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });

/** What a dead letter has to say of a record: the record's place, its size and as much of it as is kept. */
type Expected = Omit<DeadLetter, 'reason' | 'atMs' | 'value'> & {
  readonly value: string | null;
  readonly matches: RegExp;
};

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Appends poison to every partition of a topic, among what is there; resolves with the dead letters to expect. */
async function appendPoison(
  { log }: StatefulDependencies,
  stage: StageName,
  topic: string,
  of: readonly Poison[],
): Promise<Expected[]> {
  const expected: Expected[] = [];
  for (let partition = 0; partition < log.partitions(topic); partition += 1) {
    for (const { name, value, reason } of of) {
      const headers = { trace: name };
      const [offset = -1] = await log.append([{ topic, partition, key: name, headers, value }]);
      const kept = value === null ? null : hashOf(value.subarray(0, longestKept));
      const place = { stage, topic, partition, offset, key: name, headers };
      expected.push({
        ...place,
        code: 'schema',
        value: kept,
        valueBytes: value?.length ?? 0,
        streamId: '',
        matches: topic === 'live.analytics' ? reason : anyReason,
      });
    }
  }
  return expected;
}

async function lettersOf(deps: StatefulDependencies, topic: DeadLetterTopic): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (let partition = 0; partition < deps.log.partitions(topic); partition += 1) {
    for (const { value } of await deps.log.read(topic, partition, 0, 1_000)) {
      letters.push(deps.codec.decode('dead-letters', value ?? Buffer.alloc(0)));
    }
  }
  return letters;
}

/** Holds the dead letters of a stage against what is expected: each once, with its place, its bytes and its reason. */
async function expectLetters(deps: StatefulDependencies, stage: StageName, expected: readonly Expected[]) {
  const letters = await lettersOf(deps, deadLetterTopic(stage));
  const place = (letter: Pick<DeadLetter, 'topic' | 'partition' | 'offset'>): string =>
    `${letter.topic}[${letter.partition}]@${String(letter.offset).padStart(6, '0')}`;
  const inOrder = <L extends DeadLetter | Expected>(list: readonly L[]): L[] =>
    [...list].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  expect(inOrder(letters).map(place)).toEqual(inOrder(expected).map(place));
  for (const [index, { reason, atMs, value, ...letter }] of inOrder(letters).entries()) {
    const { matches, ...rest } = inOrder(expected)[index] as Expected;
    expect({ ...letter, value: value === null ? null : hashOf(value) }, letter.key).toEqual(rest);
    expect(reason, letter.key).toMatch(matches);
    expect(Math.abs(Date.now() - atMs), letter.key).toBeLessThan(600_000);
  }
}

/** Waits until something holds; the test's own deadline ends it where it never does. */
async function until(deps: StatefulDependencies, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await deps.clock.sleep(20);
}

const countOf = async ({ log }: StatefulDependencies, topic: string): Promise<number> => {
  let count = 0;
  for (let partition = 0; partition < log.partitions(topic); partition += 1)
    count += (await log.bounds(topic, partition)).end;
  return count;
};

test('promise 7: poison in the live events goes to dead letters with its place and reason, and changes nothing else', async () => {
  const said = await withLog(undefined, partitions, async (deps) => {
    const kinds = [...poison(deps.codec), ...largePoison(deps.codec)];
    const first = await appendPoison(deps, 'score', 'live.analytics', kinds.slice(0, 3));
    await appendLive(deps, firstHalf);
    const middle = await appendPoison(deps, 'score', 'live.analytics', kinds);
    await appendLive(deps, secondHalf);
    const last = await appendPoison(deps, 'score', 'live.analytics', kinds.slice(-3));
    const settings = await appendPoison(deps, 'score', 'channel.settings', kinds);
    await scoreToTheEnd(deps);
    await expectLetters(deps, 'score', [...first, ...middle, ...last, ...settings]);
    return saidBy(deps);
  });
  expect(said).toEqual(await unpoisoned());
});

test('promise 7: poison in any input of the conductor does not keep a highlight from its way', async () => {
  await withLog(undefined, partitions, async (deps) => {
    const expected: Expected[] = [];
    for (const topic of stages.conduct.inputs) {
      expected.push(...(await appendPoison(deps, 'conduct', topic, poison(deps.codec))));
    }
    const partition = deps.log.partitionOf('highlights.detected', channelId);
    const inputs = [openedFile(900), ...credits(1, 1).map((status) => ({ ...status, partition })), detected('h', 100)];
    await deps.log.append(inputs.map((output) => toAppend(deps.codec, output)));
    const stage = startStateful(conductStage({ run: deps.run, defaultPresets: ['source'] }), deps);
    await Promise.race([stage.done, until(deps, async () => (await countOf(deps, 'refine.tasks')) > 0)]);
    await stage.stop();
    await expectLetters(deps, 'conduct', expected);
  });
});

test('promise 7: poison among tasks, and among the outcomes of earlier ones, does not keep a worker from the others', async () => {
  await withLog(undefined, partitions, async (deps) => {
    const kinds = poison(deps.codec);
    const append = (...ids: string[]) =>
      deps.log.append(ids.map((id) => toAppend(deps.codec, refineTask(id, channelId))));
    await append('before');
    const expected = await appendPoison(deps, 'refine', 'refine.tasks', kinds);
    await append('after');
    await appendPoison(deps, 'conduct', 'highlights.refined', kinds);
    const { stage, done } = countingWorker();
    const worker = startWorker(stage, deps, 2);
    await Promise.race([
      worker.done,
      until(deps, async () => (await countOf(deps, 'refine.dead')) === expected.length),
    ]);
    await Promise.race([worker.done, until(deps, async () => done.length === 2)]);
    await worker.stop();
    expect([...done].sort()).toEqual(['after', 'before']);
    await expectLetters(deps, 'refine', expected);
  });
});

test('promise 7: poison among what a sink takes does not keep the others from the store', async () => {
  await withLog(undefined, partitions, async (deps) => {
    const kinds = poison(deps.codec);
    const append = (...ids: string[]) =>
      deps.log.append(
        ids.map((id) => toAppend(deps.codec, { topic: 'clips.rendered', key: channelId, record: clip(id, id) })),
      );
    await append('before');
    const expected = await appendPoison(deps, 'notify', 'clips.rendered', kinds);
    await append('after');
    const taken: string[] = [];
    const handle: SinkStage['handle'] = async (batch) => {
      for (const input of batch) if (input.topic === 'clips.rendered') taken.push(input.record.clipId);
    };
    const sink = startSink(
      { name: 'notify', inputs: ['clips.rendered'], maxBatch: 3, waitsFor: 'webhook', handle },
      deps,
    );
    await Promise.race([sink.done, until(deps, async () => (await countOf(deps, 'notify.dead')) === expected.length)]);
    await Promise.race([sink.done, until(deps, async () => taken.length === 2)]);
    await sink.stop();
    expect(taken).toEqual(['before', 'after']);
    await expectLetters(deps, 'notify', expected);
  });
});

test('promise 7: poison in topics that are read as tables is passed over', async () => {
  await withLog(undefined, 1, async (deps) => {
    const kinds = poison(deps.codec);
    for (const topic of ['archive.events', 'clips.rendered', 'ingest.positions'] as const) {
      // The key is that of the good records: the newest of a compacted topic may be the damaged one.
      for (const { value } of kinds) await deps.log.append([{ topic, key: channelId, value }]);
    }
    const rendered = { topic: 'clips.rendered', key: channelId, record: clip('k', 'h') } as const;
    await deps.log.append([openedFile(900), rendered].map((output) => toAppend(deps.codec, output)));
    const view = await new ArchiveTable(deps.log, deps.codec).view(streamId, channelId);
    expect(view?.opened.durationMs).toBe(900_000);
    expect(await finishedTasks(deps, 'clips.rendered', 0)).toEqual(new Set([rendered.record.taskId]));
    expect(await positionOf({ ...deps, pseudonym: (user) => user }, channelId)).toBeUndefined();
  });
});
