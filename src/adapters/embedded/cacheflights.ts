import { CliptideError } from '../../domain/errors.ts';
import type { CatalogObject, Claim, Flight, FlightFailure, FlightState } from '../../ports/cachecatalog.ts';
import type { CacheOwners } from './cacheowners.ts';
import { type CacheTables, objectOf } from './cachetables.ts';

/** Whoever waits for a flight asks for its failure long before, in milliseconds. */
const failureMs = 60_000;

/** Flights of a catalog. Each call is part of one step. */
export class CacheFlights {
  readonly #tables: CacheTables;
  readonly #owners: CacheOwners;

  constructor(tables: CacheTables, owners: CacheOwners) {
    this.#tables = tables;
    this.#owners = owners;
  }

  claim(key: string, nowMs: number): Claim {
    const { own } = this.#owners;
    if (this.#tables.pinned.get(key, own) === undefined) {
      throw new CliptideError('internal', `A key was claimed that is not pinned: ${key}`);
    }
    const object = this.#tables.object.get(key);
    if (object !== undefined) return { is: 'present', object: objectOf(object) };
    const current = this.#current(key);
    if (current !== undefined && current.owner !== own && this.#owners.isCurrent(current.owner)) {
      return { is: 'flying', flight: current };
    }
    const flight = { key, owner: own, token: Number(this.#tables.nextToken.get()?.token) };
    this.#tables.fly.run(key, own, flight.token, nowMs);
    return { is: 'mine', flight, left: current };
  }

  mustFly(flight: Flight): void {
    if (this.#isCurrent(flight)) return;
    throw new CliptideError('fenced', 'Another process has taken over this fetch', {
      where: flight.key,
      hint: 'This process gave no sign of life for longer than its lease.',
    });
  }

  land(flight: Flight, object: CatalogObject, name: () => void): void {
    this.mustFly(flight);
    name();
    addObject(this.#tables, object, flight.token);
    this.#tables.removeFlight.run(flight.key, flight.token);
  }

  fail(flight: Flight, failure: FlightFailure | undefined, nowMs: number): boolean {
    if (!this.#isCurrent(flight)) return false;
    this.#tables.removeFlight.run(flight.key, flight.token);
    this.#tables.forgetFailures.run(nowMs - failureMs);
    if (failure !== undefined) {
      const { code, message, hint, where, status } = failure;
      this.#tables.addFailure.run(flight.token, code, message, hint ?? null, where ?? null, nowMs);
      if (status !== undefined) this.#tables.addFailureStatus.run(flight.token, status);
    }
    return true;
  }

  stateOf(flight: Flight): FlightState {
    if (this.#isCurrent(flight)) return 'flying';
    const row = this.#tables.failure.get(flight.token);
    if (row === undefined) return 'over';
    const text = (value: unknown): string | undefined => (value === null ? undefined : String(value));
    const [hint, where, status] = [row.hint, row.place, row.status].map(text);
    const known = { code: String(row.code), message: String(row.message), hint, where };
    return { ...known, status: status === undefined ? undefined : Number(status) };
  }

  #current(key: string): Flight | undefined {
    const row = this.#tables.flight.get(key);
    return row === undefined ? undefined : { key, owner: String(row.owner), token: Number(row.token) };
  }

  #isCurrent({ key, token }: Flight): boolean {
    return this.#current(key)?.token === token;
  }
}

export function addObject(tables: CacheTables, object: CatalogObject, token: number): void {
  const { key, name, bytes, initBytes, diskBytes, gmac, channelId, usedAtMs } = object;
  const isInit = Number(initBytes === bytes);
  const usedMs = Math.round(usedAtMs);
  const found = [gmac ?? null, channelId ?? null, usedMs, token] as const;
  tables.addObject.run(key, name, bytes, initBytes, diskBytes, isInit, ...found);
}
