import { CliptideError } from '../domain/errors.ts';

/** SIGHUP comes when the terminal is closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof signals)[number];

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  removeAllListeners(signal: Signal): unknown;
  readonly pid: number;
  kill(pid: number, signal: Signal): unknown;
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
 * The first SIGINT, SIGTERM or SIGHUP aborts the signal, so that a command can clean up; a second SIGINT or SIGTERM ends
 * the process by that signal (130 or 143 in a shell). It does so without the exit handlers of native code, since the
 * embedded ClickHouse crashes in them while a query is under way.
 * `now` is in milliseconds, from any zero.
 */
export function onInterruption(source: SignalSource, now: () => number = () => performance.now()): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listeners = signals.map((name) => ({
    name,
    listener: (): void => {
      if (firstAt !== undefined) {
        // A shell that is closed and its terminal each send one, and nobody waits in front of them.
        if (now() - firstAt <= sameStopMs || name === 'SIGHUP') return;
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
