import { expect, test } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import { workOn } from '../../src/runtime/attempts.ts';
import type { WorkerStage } from '../../src/runtime/stage.ts';
import { withLog } from '../support/scoredlog.ts';

const task = {
  ...{ taskId: 't', highlightId: 'h', revision: 1, run: 'live', streamId: 's', channelId: 'c', nodeId: '' },
  ...{
    startMs: 0,
    peakMs: 5_000,
    endMs: 10_000,
    preset: 'source',
    presetHash: 'p',
    clipId: 'k',
    title: '',
    rank: null,
  },
};

/** A stage whose tool is ended by somebody else in its first try. */
function stageOf(onTry: () => void): WorkerStage<'render.tasks'> {
  let tries = 0;
  return {
    name: 'render',
    input: 'render.tasks',
    finishedIn: 'clips.rendered',
    deadlineMs: () => 60_000,
    run: async (_task, { signal }) => {
      tries += 1;
      onTry();
      if (tries === 1 || signal.aborted) throw new CliptideError('aborted', 'ffmpeg was ended on request');
      return { outputs: [], bytesFetched: 0, cpuSeconds: 0 };
    },
    failed: () => expect.fail('a clip that can be made counts as one that cannot'),
  };
}

test('a task whose tool somebody else ended is tried again', async () => {
  await withLog(undefined, 1, async (deps) => {
    const outputs = await workOn(
      stageOf(() => undefined),
      task,
      deps,
      new AbortController().signal,
    );
    const outcomes = outputs.map(({ record }) => ('outcome' in record ? record.outcome : ''));
    expect(outcomes).toEqual(['retried', 'done']);
  });
});

test('a task whose tool was ended just before Cliptide learned that it is to stop is left for the next start', async () => {
  await withLog(undefined, 1, async (deps) => {
    const stopping = new AbortController();
    const stage = stageOf(() => setImmediate(() => stopping.abort()));
    await expect(workOn(stage, task, deps, stopping.signal)).rejects.toMatchObject({ code: 'aborted' });
  });
});

test('a try that failed is on the record with what it had taken by then', async () => {
  await withLog(undefined, 1, async (deps) => {
    const stage: WorkerStage<'render.tasks'> = {
      ...stageOf(() => undefined),
      run: async (_task, { spent }) => {
        spent({ bytesFetched: 700 });
        spent({ cpuSeconds: 1.378 });
        throw new CliptideError('budget', 'no room for the clip');
      },
      failed: () => [],
    };
    const outputs = await workOn(stage, task, deps, new AbortController().signal);
    expect(outputs).toMatchObject([{ topic: 'attempts', record: { bytesFetched: 700, cpuSeconds: 1.378 } }]);
  });
});
