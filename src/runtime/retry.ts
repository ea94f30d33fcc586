import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isTransient } from '../domain/errors.ts';

/**
 * Tries again, with exponential backoff and jitter (100 ms to 10 s), while the error is transient: what the log and the
 * result store need when they are away. Ends with the last error when the signal aborts.
 */
export async function patiently<R>(step: () => Promise<R>, signal: AbortSignal, onRetry: (error: unknown) => void) {
  const policy = retry(
    handleWhen((error) => isTransient(error) && !signal.aborted),
    { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 10_000 }) },
  );
  policy.onFailure(({ reason }) => {
    if ('error' in reason && isTransient(reason.error)) onRetry(reason.error);
  });
  return policy.execute(step, signal);
}
