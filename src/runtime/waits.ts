import { isSpace, isTransient } from '../domain/errors.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { patiently } from './retry.ts';

/** What a stage may have to wait for. */
export type WaitedFor = 'log' | 'registry' | 'results' | 'webhook' | 'clips';

type Waiting = Pick<RuntimeDependencies, 'logger' | 'metrics' | 'waitsForSpace'>;

/** One wait of a stage; it ends when the signal aborts. */
interface Wait {
  readonly stage: string;
  readonly on: WaitedFor;
  readonly until: AbortSignal;
}

/** Puts each wait of a stage for something that is away, or for room on a full disk, on the record, with the reason. */
const waitingFor =
  ({ logger, metrics }: Waiting, { stage, on }: Wait) =>
  (error: unknown): void => {
    logger.warn('waiting', { stage, on, error: String(error) });
    metrics.add('cliptide_waits_total', 1, { stage, on });
  };

/** A step of a stage, tried again while what it needs is away, or its disk full where that is waited for. */
export function waitingStep<R>(deps: Waiting, wait: Wait, step: () => Promise<R>): Promise<R> {
  const mayPass = (error: unknown): boolean => isTransient(error) || mayGetSpace(deps, error);
  return patiently(step, wait.until, waitingFor(deps, wait), mayPass);
}

/** The same where only room on a full disk is waited for, and everything else is the caller's. */
export function waitingForSpace<R>(deps: Waiting, wait: Wait, step: () => Promise<R>): Promise<R> {
  return patiently(step, wait.until, waitingFor(deps, wait), (error) => mayGetSpace(deps, error));
}

const mayGetSpace = ({ waitsForSpace }: Waiting, error: unknown): boolean => waitsForSpace === true && isSpace(error);
