import { expect, test } from 'vitest';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import type { SinkStage } from '../../src/runtime/stage.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { startWorker } from '../../src/runtime/worker.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { channelId } from '../support/conductworld.ts';
import { madeChat } from '../support/madechat.ts';
import { codecWithout, type Outage } from '../support/poison.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, saidBy, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';
import { countingWorker, refinedOutcome, refineTask } from '../support/taskstages.ts';

const events = madeChat({ seed: 3, streamId: 'one', seconds: 600, messagesPerSecond: 2, burstEverySec: 200 });

/** A log whose schema registry is away until `outage` ends. */
const withOutage = <R>(use: (deps: StatefulDependencies, outage: Outage) => Promise<R>): Promise<R> =>
  withLog(undefined, 1, (deps) => {
    const outage = { away: true, asked: 0 };
    return use({ ...deps, codec: codecWithout(deps.codec, outage) }, outage);
  });

/** Resolves when the registry was asked in vain a few times more: what would fail at once has failed by then. */
async function inVain({ clock }: StatefulDependencies, outage: Outage): Promise<void> {
  for (const before = outage.asked; outage.asked < before + 4; ) await clock.sleep(20);
}

async function until({ clock }: StatefulDependencies, holds: () => boolean): Promise<void> {
  while (!holds()) await clock.sleep(20);
}

const endOf = async ({ log }: StatefulDependencies, topic: string): Promise<number> => (await log.bounds(topic, 0)).end;

test('promise 7: a registry that is down pauses a stateful stage, which then goes on as if nothing had been', async () => {
  const oracle = await withLog(undefined, 1, async (deps) => {
    await appendLive(deps, events);
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
  await withOutage(async (deps, outage) => {
    await appendLive(deps, events.slice(0, 900));
    const stage = startStateful(scoreStage({ run: deps.run }), deps);
    // Away at the start, while the changelog is read, and again in the middle of the broadcast.
    await Promise.race([stage.done, inVain(deps, outage)]);
    expect(await endOf(deps, 'streams.seconds')).toBe(0);
    outage.away = false;
    while ((await endOf(deps, 'streams.seconds')) === 0) await deps.clock.sleep(20);
    outage.away = true;
    await appendLive(deps, events.slice(900));
    await Promise.race([stage.done, inVain(deps, outage)]);
    expect(await endOf(deps, 'highlights.ranked')).toBe(0);
    outage.away = false;
    while ((await endOf(deps, 'highlights.ranked')) === 0) await deps.clock.sleep(20);
    await stage.stop();
    await stage.done;
    expect(await endOf(deps, 'score.dead')).toBe(0);
    expect(await saidBy(deps)).toEqual(oracle);
  });
});

test('promise 7: a registry that is down pauses a worker and a sink', async () => {
  await withOutage(async (deps, outage) => {
    const append = (id: string) => {
      const rendered = { topic: 'clips.rendered', key: channelId, record: clip(id, id) } as const;
      return deps.log.append([refineTask(id, channelId), rendered].map((output) => toAppend(deps.codec, output)));
    };
    // What is done already is read before the first task, and needs the registry too.
    const earlier = [refineTask('before', channelId), refinedOutcome('before', channelId)];
    await deps.log.append(earlier.map((output) => toAppend(deps.codec, output)));
    await append('first');
    const { stage, done } = countingWorker();
    const taken: string[] = [];
    const handle: SinkStage['handle'] = async (batch) => {
      for (const input of batch) if (input.topic === 'clips.rendered') taken.push(input.record.clipId);
    };
    const worker = startWorker(stage, deps, 1);
    await Promise.race([worker.done, inVain(deps, outage)]);
    const sink = startSink(
      { name: 'notify', inputs: ['clips.rendered'], maxBatch: 9, waitsFor: 'webhook', handle },
      deps,
    );
    await Promise.race([sink.done, inVain(deps, outage)]);
    expect([...done, ...taken]).toEqual([]);
    outage.away = false;
    await Promise.race([worker.done, sink.done, until(deps, () => done.length === 1 && taken.length === 1)]);
    outage.away = true;
    await append('second');
    await Promise.race([worker.done, sink.done, inVain(deps, outage)]);
    expect([...done, ...taken]).toEqual(['first', 'first']);
    outage.away = false;
    await Promise.race([worker.done, sink.done, until(deps, () => done.length === 2 && taken.length === 2)]);
    await Promise.all([worker.stop(), sink.stop()]);
    await Promise.all([worker.done, sink.done]);
    expect([done, taken]).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
    expect((await endOf(deps, 'refine.dead')) + (await endOf(deps, 'notify.dead'))).toBe(0);
  });
});

test('promise 22: a stop ends the wait for a registry that is down; what was held is done at the next start', async () => {
  await withOutage(async (deps, outage) => {
    await appendLive(deps, events);
    await deps.log.append([toAppend(deps.codec, refineTask('task', channelId))]);
    const waiting = startStateful(scoreStage({ run: deps.run }), deps);
    const { stage, done } = countingWorker();
    const worker = startWorker(stage, deps, 1);
    await Promise.race([waiting.done, worker.done, inVain(deps, outage)]);
    await Promise.all([waiting.stop(), worker.stop()]);
    await Promise.all([waiting.done, worker.done]);
    outage.away = false;
    await scoreToTheEnd(deps);
    expect((await saidBy(deps)).seconds).toBe(600);
    const again = startWorker(stage, deps, 1);
    await Promise.race([again.done, until(deps, () => done.length === 1)]);
    await again.stop();
  });
});
