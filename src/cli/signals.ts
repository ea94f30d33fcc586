import { CliptideError } from '../domain/errors.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  removeAllListeners(signal: 'SIGINT' | 'SIGTERM'): unknown;
  readonly pid: number;
  kill(pid: number, signal: 'SIGINT' | 'SIGTERM'): unknown;
}

export interface Interruption {
  /** Aborted, with an `aborted` error as its reason, by the first signal. */
  readonly signal: AbortSignal;
  /** Aborts it for another reason, such as a reader that went away. */
  interrupt(reason: CliptideError): void;
  dispose(): void;
}

/** `timeout` and launchers send one stop twice, to the process and to its group; a person is not that quick. */
const sameStopMs = 100;

/**
 * The first SIGINT or SIGTERM aborts the signal, so that a command can clean up; a second one ends the process by that
 * signal (130 or 143 in a shell). It does so without the exit handlers of native code, since the embedded ClickHouse
 * crashes in them while a query is under way.
 * `now` is in milliseconds, from any zero.
 */
export function onInterruption(source: SignalSource, now: () => number = () => performance.now()): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listeners = signals.map((name) => ({
    name,
    listener: (): void => {
      if (firstAt !== undefined) {
        if (now() - firstAt <= sameStopMs) return;
        source.removeAllListeners(name);
        source.kill(source.pid, name);
        return;
      }
      firstAt = now();
      controller.abort(new CliptideError('aborted', `interrupted by ${name}`));
    },
  }));
  for (const { name, listener } of listeners) source.on(name, listener);
  return {
    signal: controller.signal,
    interrupt: (reason) => controller.abort(reason),
    dispose: () => {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
}
