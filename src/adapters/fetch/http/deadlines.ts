import { CliptideError, toCliptideError } from '../../../domain/errors.ts';
import { connectionError } from './connection.ts';

/** What is ended at a deadline. */
interface Ended {
  destroy(reason: Error): void;
}

/** Ends a connection at its request's deadlines or when it is aborted; `explain` gives that reason for what follows. */
export class Deadlines {
  #reason: CliptideError | undefined;
  #connection: Ended | undefined;
  #phase: NodeJS.Timeout | undefined;
  #phaseBeganMs = 0;
  readonly #whole: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #where: string;
  readonly #onAbort = () => this.#end(new CliptideError('aborted', `Stopped fetching ${this.#where}`));

  constructor(where: string, wholeMs: number, signal: AbortSignal | undefined) {
    this.#where = where;
    this.#signal = signal;
    this.#whole = setTimeout(() => this.#end(this.#timeout('the whole answer', wholeMs)), wholeMs);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
  }

  /** Takes the connection that is to be ended; the one before it is over. */
  watch(connection: Ended): void {
    this.#connection = connection;
    if (this.#reason !== undefined) connection.destroy(this.#reason);
  }

  /** Begins the next phase and ends the one before it. Of its `ms` so many may be over already. */
  phase(what: string, ms: number, overMs = 0): void {
    clearTimeout(this.#phase);
    this.#phaseBeganMs = performance.now();
    this.#phase = setTimeout(() => this.#end(this.#timeout(what, ms)), Math.max(0, ms - overMs));
  }

  /** Stops the phase while the reader of the body is at work; returns how long it lasted, in milliseconds. */
  pause(): number {
    clearTimeout(this.#phase);
    return performance.now() - this.#phaseBeganMs;
  }

  explain(error: unknown): CliptideError {
    if (this.#reason !== undefined) return this.#reason;
    if (error instanceof CliptideError) return error;
    if (!(error instanceof Error) || !('code' in error)) return toCliptideError(error);
    return connectionError(error, this.#where);
  }

  /** Ends the watch. */
  clear(): void {
    clearTimeout(this.#phase);
    clearTimeout(this.#whole);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #timeout(what: string, ms: number): CliptideError {
    return new CliptideError('timeout', `Waited ${ms} ms for ${what} of ${this.#where}`, {
      where: this.#where,
      hint: 'Try again; the server or the network is slow.',
    });
  }

  #end(reason: CliptideError): void {
    this.#reason ??= reason;
    this.#connection?.destroy(this.#reason);
  }
}
