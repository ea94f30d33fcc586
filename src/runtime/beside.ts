import { toCliptideError } from '../domain/errors.ts';
import type { Running, RuntimeDependencies } from './dependencies.ts';

/** Work that goes on beside a worker, for the partitions that the worker has. */
export interface Companion {
  /** Resolves when it has ended, some time after the signal. */
  run(partitions: () => ReadonlySet<number>, signal: AbortSignal): Promise<void>;
}

/** A worker with its companion, which ends first. */
export function beside(worker: Running, companion: Companion): Running {
  const stopping = new AbortController();
  const partitions = (): ReadonlySet<number> =>
    new Set(worker.progress.flatMap((stage) => [...stage.partitions].map(({ partition }) => partition)));
  const running = companion.run(partitions, stopping.signal);
  return {
    ...worker,
    stop: async () => {
      stopping.abort();
      await running;
      await worker.stop();
    },
  };
}

/** How often the log is asked for what is new; a playlist's segments are seconds long. */
const everyMs = 1_000;

/** Does a step again and again until the signal; of one that fails only `complaint` is told, with the reason. */
export async function againAndAgain(
  { clock, logger }: Pick<RuntimeDependencies, 'clock' | 'logger'>,
  complaint: string,
  step: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await step().catch((error: unknown) => {
      if (!signal.aborted) logger.warn(complaint, { reason: toCliptideError(error).message });
    });
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}
