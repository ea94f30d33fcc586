import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import { isTransient } from '../domain/errors.ts';

/**
 * Tries again, with exponential backoff and jitter (100 ms to 10 s), while the error may pass, which transient ones do:
 * what the log and the result store need when they are away. Ends with the last error when the signal aborts, also in
 * mid-wait: cockatiel's own retry would wait on, and a stop has a deadline.
 */
export async function patiently<R>(
  step: () => Promise<R>,
  signal: AbortSignal,
  onRetry: (error: unknown) => void,
  mayPass: (error: unknown) => boolean = isTransient,
): Promise<R> {
  let backoff: IBackoff<unknown> = new ExponentialBackoff({ initialDelay: 100, maxDelay: 10_000 }).next();
  while (true) {
    try {
      return await step();
    } catch (error) {
      if (!mayPass(error) || signal.aborted) throw error;
      onRetry(error);
      await pause(backoff.duration, signal);
      if (signal.aborted) throw error;
      backoff = backoff.next(undefined);
    }
  }
}

/** Resolves after a time in milliseconds, or when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
