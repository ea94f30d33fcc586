import type { Output, WorkerStage } from '../../src/runtime/stage.ts';
import type { RecordOf, TopicName } from '../../topology/topics.ts';

/** A refine task of a highlight of the same name. */
export function refineTask(id: string, channelId: string): Extract<Output, { topic: 'refine.tasks' }> {
  const ids = { taskId: id, highlightId: id, revision: 1, run: 'live', streamId: 'stream', channelId, nodeId: '' };
  const times = { startMs: 1_000, peakMs: 2_000, endMs: 3_000, earliestMs: 0, latestMs: 4_000 };
  return { topic: 'refine.tasks', key: channelId, record: { ...ids, ...times, terms: [] } };
}

/** The outcome of that task. */
export function refinedOutcome(id: string, channelId: string): Extract<Output, { topic: 'highlights.refined' }> {
  const ids = { taskId: id, highlightId: id, revision: 1, run: 'live', streamId: 'stream', channelId };
  const times = { startMs: 1_000, peakMs: 2_000, endMs: 3_000, wallMs: 1 };
  const words = { outcome: 'done', error: '', title: '', tags: [], reasons: [], refinedBy: 'nobody' };
  return {
    topic: 'highlights.refined',
    key: channelId,
    record: { ...ids, ...times, ...words, bytesFetched: 0, bytesNeeded: 0 },
  };
}

/** A worker whose tasks are done at once, each with the outcome that `outcomeOf` gives. */
export function workerOf<T extends 'refine.tasks' | 'render.tasks'>(
  name: 'refine' | 'render',
  input: T,
  finishedIn: TopicName,
  outcomeOf: (task: RecordOf<T>) => Output,
): WorkerStage<T> {
  const run: WorkerStage<T>['run'] = async (task) => ({ outputs: [outcomeOf(task)], bytesFetched: 0, cpuSeconds: 0 });
  return { name, input, finishedIn, deadlineMs: () => 10_000, run, failed: () => [] };
}

/** A worker that only notes the ids of the tasks that it did. */
export function countingWorker(): { readonly stage: WorkerStage<'refine.tasks'>; readonly done: string[] } {
  const done: string[] = [];
  const stage: WorkerStage<'refine.tasks'> = {
    name: 'refine',
    input: 'refine.tasks',
    finishedIn: 'highlights.refined',
    deadlineMs: () => 10_000,
    run: async ({ taskId }) => {
      done.push(taskId);
      return { outputs: [], bytesFetched: 0, cpuSeconds: 0 };
    },
    failed: () => [],
  };
  return { stage, done };
}
