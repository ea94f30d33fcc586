import { expect, test } from 'vitest';
import type { Running } from '../../src/runtime/dependencies.ts';
import { behindGaps } from '../../src/runtime/gaps.ts';
import { recoverGaps } from '../../src/runtime/operator/gaps.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { startWorker } from '../../src/runtime/worker.ts';
import { rowsOf } from '../../src/stages/record/rows.ts';
import { collected } from '../support/collected.ts';
import { madeChat } from '../support/madechat.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';
import { countingWorker, refineTask } from '../support/taskstages.ts';

const found = (deps: StatefulDependencies, accept = false) => collected(recoverGaps(deps, {}, accept));

async function untilOver(stage: Running, holds: () => boolean): Promise<void> {
  const waits = (async () => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
  })();
  await Promise.race([stage.done, waits]);
  await stage.stop();
  await stage.done;
}

test('a scorer that lost records stops loudly, goes on behind them only once they are given up, and its fates add up', async () => {
  await withLog(undefined, 1, async (deps) => {
    const events = madeChat({ seed: 4, streamId: 'one', seconds: 300, messagesPerSecond: 2, burstEverySec: 100 });
    await appendLive(deps, events.slice(0, 200));
    await scoreToTheEnd(deps);
    expect(await found(deps)).toEqual([{ kind: 'recover', gaps: 0, records: 0, accepted: 0, recreated: 0 }]);
    await appendLive(deps, events.slice(200));
    await deps.log.trim('live.analytics', 0, 250);
    await expect(scoreToTheEnd(deps)).rejects.toMatchObject({ code: 'offset-range' });
    const gap = { kind: 'gap', stage: 'score', topic: 'live.analytics', partition: 0, fromOffset: 200, toOffset: 250 };
    expect(await found(deps)).toMatchObject([
      { ...gap, records: 50, accepted: false },
      { gaps: 1, records: 50 },
    ]);
    // Looking gives nothing up.
    await expect(scoreToTheEnd(deps)).rejects.toMatchObject({ code: 'offset-range' });

    expect(await found(deps, true)).toMatchObject([
      { ...gap, accepted: true },
      { gaps: 1, accepted: 1 },
    ]);
    expect(await found(deps)).toMatchObject([{ gaps: 0 }]);
    await scoreToTheEnd(deps);
    const [ranking] = await deps.log.read('highlights.ranked', 0, 0, 10);
    const { fates } = deps.codec.decode('highlights.ranked', ranking?.value ?? Buffer.alloc(0));
    // All but the marks of start and end.
    expect(fates.read + 50).toBe(events.length - 2);
    expect(deps.metrics.value('cliptide_events_total', { stage: 'score', fate: 'lost' })).toBe(50);

    const [record] = await deps.log.read('operator.gaps', 0, 0, 10);
    const decoded = deps.codec.decode('operator.gaps', record?.value ?? Buffer.alloc(0));
    const input = {
      topic: 'operator.gaps',
      partition: 0,
      offset: 0,
      key: '',
      record: decoded,
      appendedAtMs: 0,
    } as const;
    expect(rowsOf([input], 'live').get('gaps')).toMatchObject([{ run: 'live', from_offset: 200, records: 50 }]);
  });
});

test('a gap that retention widens is given up once more', async () => {
  await withLog(undefined, 1, async (deps) => {
    const events = madeChat({ seed: 4, streamId: 'one', seconds: 300, messagesPerSecond: 2, burstEverySec: 100 });
    await appendLive(deps, events.slice(0, 100));
    await scoreToTheEnd(deps);
    await appendLive(deps, events.slice(100));
    await deps.log.trim('live.analytics', 0, 150);
    await found(deps, true);
    await deps.log.trim('live.analytics', 0, 170);
    await expect(scoreToTheEnd(deps)).rejects.toMatchObject({ code: 'offset-range' });
    expect(await found(deps, true)).toMatchObject([{ fromOffset: 150, toOffset: 170, records: 20 }, {}]);
    await scoreToTheEnd(deps);
    const [ranking] = await deps.log.read('highlights.ranked', 0, 0, 10);
    const { fates } = deps.codec.decode('highlights.ranked', ranking?.value ?? Buffer.alloc(0));
    expect(fates.read + 70).toBe(events.length - 2);
  });
});

test('sinks and workers go on behind a gap that was given up for them, and for nobody else', async () => {
  await withLog(undefined, 1, async (deps) => {
    const taken: string[] = [];
    const sink = () =>
      startSink(
        {
          name: 'notify',
          inputs: ['clips.rendered'],
          maxBatch: 3,
          waitsFor: 'webhook',
          handle: async (batch) => {
            for (const input of batch) if (input.topic === 'clips.rendered') taken.push(input.record.clipId);
          },
        },
        deps,
      );
    const { stage, done } = countingWorker();
    const append = (...ids: string[]) =>
      deps.log.append([
        ...ids.map((id) => toAppend(deps.codec, { topic: 'clips.rendered', key: 'c', record: clip(id, 'h') })),
        ...ids.map((id) => toAppend(deps.codec, refineTask(id, 'c'))),
      ]);
    await append('a');
    await untilOver(sink(), () => taken.length === 1);
    await untilOver(startWorker(stage, deps, 1), () => done.length === 1);
    await append('b', 'c', 'd');
    await deps.log.trim('clips.rendered', 0, 3);
    await deps.log.trim('refine.tasks', 0, 3);
    await expect(untilOver(sink(), () => false)).rejects.toMatchObject({ code: 'offset-range' });
    await expect(untilOver(startWorker(stage, deps, 1), () => false)).rejects.toMatchObject({ code: 'offset-range' });

    await collected(recoverGaps(deps, { stage: 'notify' }, true));
    await untilOver(sink(), () => taken.length === 2);
    expect(taken).toEqual(['a', 'd']);
    await expect(untilOver(startWorker(stage, deps, 1), () => false)).rejects.toMatchObject({ code: 'offset-range' });
    await collected(recoverGaps(deps, {}, true));
    await untilOver(startWorker(stage, deps, 1), () => done.length === 2);
    expect(done).toEqual(['a', 'd']);
  });
});

test('a record that is still there is never passed over, such as in a topic that was made anew', () => {
  const range = { fromOffset: 100, toOffset: 200 };
  const gap = { ...range, gapId: 'g', run: 'live', stage: 'score', topic: 'a', partition: 0, actor: 'n', atMs: 0 };
  expect(behindGaps([gap], 'a', 150, { start: 200, end: 300 })).toBe(200);
  expect(behindGaps([gap], 'a', 150, { start: 0, end: 300 })).toBe(150);
  expect(behindGaps([gap], 'b', 150, { start: 200, end: 300 })).toBe(150);
  expect(behindGaps([gap], 'a', 99, { start: 200, end: 300 })).toBe(99);
});
