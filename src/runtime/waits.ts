import type { RuntimeDependencies } from './dependencies.ts';

/** What a stage may have to wait for. */
export type WaitedFor = 'log' | 'registry' | 'results' | 'webhook' | 'clips';

/** Puts each wait of a stage for something that is away on the record, with the reason. */
export const waitingFor =
  (deps: Pick<RuntimeDependencies, 'logger' | 'metrics'>, stage: string, on: WaitedFor) =>
  (error: unknown): void => {
    deps.logger.warn('waiting', { stage, on, error: String(error) });
    deps.metrics.add('cliptide_waits_total', 1, { stage, on });
  };
