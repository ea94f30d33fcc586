import { expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventLog } from '../../src/ports/eventlog.ts';
import { toAppend, toInput } from '../../src/runtime/records.ts';
import type { Output, StatefulStage } from '../../src/runtime/stage.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { startWorker } from '../../src/runtime/worker.ts';
import { conductStage } from '../../src/stages/conduct/stage.ts';
import type { RecordOf, TopicName } from '../../topology/topics.ts';
import { seed } from '../support/chaos.ts';
import { channelId, credits, detected, openedFile, refined, rendered } from '../support/conductworld.ts';
import { seeded } from '../support/madechat.ts';
import { withLog } from '../support/scoredlog.ts';
import { refineTask, workerOf } from '../support/taskstages.ts';

const kills = 90;
const highlights = Array.from({ length: 30 }, (_, n) => `h${String(n).padStart(2, '0')}`);
const whole = ['detected', 'refining', 'refined', 'approved', 'rendering', 'rendered'];

/** The log as a process sees it that dies at its nth append: right before it where the number is odd, else right after. */
function mortal(log: EventLog, nth: number): EventLog {
  let appends = 0;
  const dying = Object.create(log) as EventLog;
  dying.append = async (records) => {
    appends += 1;
    if (appends > nth || (appends === nth && nth % 2 === 1)) throw new Error('killed');
    const offsets = await log.append(records);
    if (appends === nth) throw new Error('killed');
    return offsets;
  };
  dying.bounds = (topic, partition) => log.bounds(topic, partition);
  dying.read = (topic, partition, from, most) => log.read(topic, partition, from, most);
  dying.consumer = (spec) => log.consumer(spec);
  return dying;
}

/** A clock by which a checkpoint is due at almost every look at it. */
function hasty(clock: Clock): Clock {
  let aheadMs = 0;
  return {
    now: () => {
      aheadMs += 4_000;
      return clock.now() + aheadMs;
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

async function recordsOf<T extends TopicName>({ log, codec }: StatefulDependencies, topic: T): Promise<RecordOf<T>[]> {
  const records = await log.read(topic, 0, 0, 100_000);
  return records.map((record) => toInput<T>(codec, record).record as RecordOf<T>);
}

/** By highlight, the states that it went through: for each revision the first entry counts. */
async function livesIn(deps: StatefulDependencies): Promise<Record<string, string[]>> {
  const lives: Record<string, string[]> = {};
  for (const { highlightId, fromRevision, toState } of await recordsOf(deps, 'highlights.journal')) {
    const life = lives[highlightId] ?? [];
    lives[highlightId] = life;
    if (fromRevision === life.length) life.push(toState);
  }
  return lives;
}

const distinct = (tasks: readonly { readonly taskId: string }[]): number => new Set(tasks.map((t) => t.taskId)).size;

/** Lets conduct run until it dies or all that was detected is rendered; says whether it died. */
async function diesAt(deps: StatefulDependencies, nth: number): Promise<boolean> {
  const process = { ...deps, log: mortal(deps.log, nth), clock: hasty(deps.clock) };
  const stage = startStateful(conductStage({ run: deps.run, defaultPresets: ['source'] }), process);
  let died = false;
  const death = stage.done.catch((error) => {
    expect(String(error)).toContain('killed');
    died = true;
  });
  const known = (await recordsOf(deps, 'highlights.detected')).length;
  const isOver = async (): Promise<boolean> =>
    Object.values(await livesIn(deps)).filter((life) => life.length === whole.length).length === known;
  while (!died && !(await isOver())) await Promise.race([death, deps.clock.sleep(5)]);
  await stage.stop();
  return died;
}

test(`promise 26: the conductor killed at ${kills} of its writes, checkpoints among them, gives each highlight one life (seed ${seed})`, async () => {
  await withLog(undefined, 1, async (deps) => {
    const detections = highlights.map((id, n) => detected(id, 50 + 25 * n));
    const append = (...outputs: readonly Output[]) =>
      deps.log.append(outputs.map((output) => toAppend(deps.codec, output)));
    await append(openedFile(900), ...credits(2, 1));
    const random = seeded(seed);
    const workers = [
      startWorker(
        workerOf('refine', 'refine.tasks', 'highlights.refined', (task) => refined(task)),
        deps,
        2,
      ),
      startWorker(
        workerOf('render', 'render.tasks', 'clips.rendered', (task) => rendered(task, '')),
        deps,
        1,
      ),
    ];
    let deaths = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      // The highlights come one after the other, so that there is something to do for every successor.
      const next = kill % 3 === 0 ? detections.shift() : undefined;
      if (next !== undefined) await append(next);
      if (await diesAt(deps, 1 + Math.floor(random() * 6))) deaths += 1;
    }
    expect(deaths).toBeGreaterThan(kills / 2);
    expect(await diesAt(deps, Number.POSITIVE_INFINITY)).toBe(false);
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(await livesIn(deps)).toEqual(Object.fromEntries(highlights.map((id) => [id, whole])));
    expect(distinct(await recordsOf(deps, 'refine.tasks'))).toBe(highlights.length);
    expect(distinct(await recordsOf(deps, 'render.tasks'))).toBe(highlights.length);
    expect(await recordsOf(deps, 'clips.rendered')).toHaveLength(highlights.length);
  });
});

test('a stage with a journal reads all of it before any other input, however long it is', async () => {
  await withLog(undefined, 1, async (deps) => {
    const many = Array.from({ length: 4_500 }, (_, n) => refineTask(`journal-${n}`, channelId));
    await deps.log.append([...credits(1, 1), ...many].map((output) => toAppend(deps.codec, output)));
    const read: string[] = [];
    const stage: StatefulStage<null, 'workers.status' | 'refine.tasks'> = {
      name: 'conduct',
      inputs: ['workers.status', 'refine.tasks'],
      recoverFirst: 'refine.tasks',
      stateVersion: 1,
      keyOf: () => 'key',
      create: () => null,
      encode: () => new Uint8Array(),
      decode: () => null,
      process: ({ topic }) => {
        read.push(topic);
        return [];
      },
      isClosed: () => false,
    };
    const running = startStateful(stage, deps);
    while (read.length < 4_502) await Promise.race([running.done, deps.clock.sleep(10)]);
    await running.stop();
    expect(read.indexOf('workers.status')).toBe(4_500);
  });
});
