import type { WorkerStage } from '../../../src/runtime/stage.ts';
import { seeded } from '../madechat.ts';
import { refinedOutcome } from '../taskstages.ts';
import type { RefinePart } from './part.ts';

/** A worker whose tasks take their time, each another, so that they end out of order; it says what it begins and ends. */
export function slowRefiner({ seed }: RefinePart, say: (line: string) => void): WorkerStage<'refine.tasks'> {
  const random = seeded(seed);
  return {
    name: 'refine',
    input: 'refine.tasks',
    finishedIn: 'highlights.refined',
    deadlineMs: () => 60_000,
    run: async ({ taskId, channelId }) => {
      say(`begins ${taskId}`);
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 1_500));
      say(`ends ${taskId}`);
      return { outputs: [refinedOutcome(taskId, channelId)], bytesFetched: 0, cpuSeconds: 0 };
    },
    failed: () => [],
  };
}
