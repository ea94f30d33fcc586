import { CliptideError, type ErrorCode } from '../../domain/errors.ts';
import type { CacheCatalog, CachedObject, Flight, FlightFailure } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Recovery } from './recover.ts';

/** Polls before the flight is claimed again, in case its holder sleeps. */
const pollsAClaim = 10;

/** Waits for what other processes do with objects. */
export class Crossing {
  readonly #catalog: CacheCatalog;
  readonly #recovery: Recovery;
  readonly #clock: Clock;

  constructor(catalog: CacheCatalog, recovery: Recovery, clock: Clock) {
    this.#catalog = catalog;
    this.#recovery = recovery;
    this.#clock = clock;
  }

  /** Resolves when the flight is worth claiming again; rejects with what its holder got. */
  async over(flight: Flight, signal: AbortSignal): Promise<void> {
    for (let polls = 0; polls < pollsAClaim; polls++) {
      const state = await this.#catalog.stateOf(flight);
      if (state === 'over') return;
      if (state !== 'flying') throw told(state);
      await this.#turn(signal);
    }
  }

  /** Pins once none of the keys is on its way out. */
  async pin(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CachedObject>> {
    for (;;) {
      const present = await this.#catalog.pin(keys);
      if (present !== undefined) return present;
      await this.#turn(signal);
    }
  }

  /** At random, so that those who wait do not meet again. */
  async #turn(signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(25 + Math.random() * 75, signal);
    await this.#recovery.reap();
  }
}

/** What others who wait are told: not that this process alone was stopped or fenced off. */
export function failureOf(error: unknown): FlightFailure | undefined {
  if (!(error instanceof CliptideError)) return undefined;
  const { code, message, hint, where, status } = error;
  return code === 'aborted' || code === 'fenced' ? undefined : { code, message, hint, where, status };
}

function told({ code, message, hint, where, status }: FlightFailure): CliptideError {
  return new CliptideError(code as ErrorCode, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
    ...(status === undefined ? {} : { status }),
  });
}
