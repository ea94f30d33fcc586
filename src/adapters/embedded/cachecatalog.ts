import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type {
  CacheCatalog,
  CachedObject,
  CatalogObject,
  CatalogUsage,
  Claim,
  EndedHold,
  Flight,
  FlightFailure,
  FlightState,
  Hold,
  Reaped,
  Victims,
  Wanted,
} from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import { retryWhileBusy } from './busyretry.ts';
import { addObject, CacheFlights } from './cacheflights.ts';
import { CacheGate } from './cachegate.ts';
import { CacheHolds } from './cacheholds.ts';
import { CacheOwners } from './cacheowners.ts';
import { CachePins } from './cachepins.ts';
import { type CacheTables, connectCatalog, objectOf, prepareCatalog } from './cachetables.ts';
import { catalogUsage } from './cacheusage.ts';
import { machineUptime } from './clock.ts';
import { inTransaction, sqliteError } from './sqlite.ts';

export interface CacheCatalogOptions {
  /** A file that any number of processes of this machine may open; their locks lie in `cache-owners` beside it. */
  readonly path: string;
  /** Ends what is held for reviews, and gives the waiting while another process writes. */
  readonly clock: Clock;
  /** Milliseconds since the machine started, by which leases of processes end. The machine's unless given. */
  readonly uptime?: () => number;
}

/** Rejects with `config` or `corrupt` for a file that cannot be used, with `unavailable` when it stays locked. */
export async function openCacheCatalog({ path, clock, ...given }: CacheCatalogOptions): Promise<CacheCatalog> {
  try {
    const db = connectCatalog(path);
    const folder = join(dirname(path), 'cache-owners');
    const tables = await retryWhileBusy(clock, path, () => prepareCatalog(db, path));
    const time = { clock, uptime: given.uptime ?? machineUptime };
    const register = () => new CacheOwners(tables, folder, time);
    const owners = await retryWhileBusy(clock, path, () => inTransaction(db, path, register));
    return new EmbeddedCacheCatalog(tables, owners, path, clock);
  } catch (error) {
    throw sqliteError(error, path);
  }
}

class EmbeddedCacheCatalog implements CacheCatalog {
  readonly owner: string;
  readonly #tables: CacheTables;
  readonly #owners: CacheOwners;
  readonly #flights: CacheFlights;
  readonly #pins: CachePins;
  readonly #holds: CacheHolds;
  readonly #gate: CacheGate;
  readonly #path: string;
  readonly #clock: Clock;

  constructor(tables: CacheTables, owners: CacheOwners, path: string, clock: Clock) {
    this.owner = owners.own;
    this.#tables = tables;
    this.#owners = owners;
    this.#flights = new CacheFlights(tables, owners);
    this.#pins = new CachePins(tables, owners.own);
    this.#holds = new CacheHolds(tables);
    this.#gate = new CacheGate(tables, owners, clock, (step) => this.#step(step));
    this.#path = path;
    this.#clock = clock;
  }

  renew(): Promise<void> {
    return this.#step(() => {
      this.#owners.renew();
      this.#gate.tidy();
      this.#holds.expire(this.#clock.now());
    });
  }

  pin = (keys: readonly string[]): Promise<ReadonlyMap<string, CachedObject> | undefined> =>
    this.#step(() => this.#pins.pin(keys, this.#clock.now()));
  unpin = (keys: readonly string[]): Promise<void> => this.#step(() => this.#pins.unpin(keys));

  hold = (hold: Hold, mostBytes: number): Promise<readonly EndedHold[]> =>
    this.#step(() => this.#holds.hold(hold, mostBytes, this.#clock.now()));
  keep = (kept: Omit<Hold, 'value'>, mostBytes: number): Promise<void> =>
    this.#step(() => this.#holds.keep(kept, mostBytes, this.#clock.now()));
  /** Most who let go hold nothing here: then nothing is written. */
  async letGo(holder: string): Promise<void> {
    if (await this.#look(() => this.#holds.has(holder))) await this.#step(() => this.#holds.letGo(holder));
  }

  claim = (key: string): Promise<Claim> => this.#step(() => this.#flights.claim(key, this.#clock.now()));
  mustFly = (flight: Flight): Promise<void> => this.#look(() => this.#flights.mustFly(flight));
  land = (flight: Flight, object: CatalogObject, name: () => void): Promise<void> =>
    this.#step(() => this.#flights.land(flight, object, name));
  fail = (flight: Flight, failure: FlightFailure | undefined): Promise<boolean> =>
    this.#step(() => this.#flights.fail(flight, failure, this.#clock.now()));
  stateOf = (flight: Flight): Promise<FlightState> => this.#look(() => this.#flights.stateOf(flight));

  victims = (wanted: Wanted): Promise<Victims> =>
    this.#step(() => {
      const nowMs = this.#clock.now();
      this.#holds.expire(nowMs);
      return this.#pins.victims(wanted, nowMs);
    });
  evicted = (gone: readonly string[], kept: readonly string[]): Promise<void> =>
    this.#step(() => this.#pins.evicted(gone, kept));

  forget(object: CachedObject, remove: () => void): Promise<boolean> {
    return this.#step(() => {
      const row = this.#tables.object.get(object.key);
      if (row === undefined || Number(row.token) !== object.token || row.evicting !== null) return false;
      remove();
      this.#tables.removeObject.run(object.key);
      return true;
    });
  }

  adopt(objects: readonly CatalogObject[]): Promise<void> {
    return this.#step(() => {
      const token = Number(this.#tables.nextToken.get()?.token);
      for (const object of objects) addObject(this.#tables, object, token);
    });
  }

  async summed(object: CachedObject, gmac: string): Promise<void> {
    await this.#step(() => this.#tables.setSum.run(gmac, object.key, object.token));
  }

  objects = (after: string, limit: number): Promise<CachedObject[]> =>
    this.#look(() => this.#tables.objects.all(after, limit).map(objectOf));
  usage = (): Promise<CatalogUsage> => this.#look(() => catalogUsage(this.#tables, this.#owners, this.#clock.now()));

  settling = <T>(work: () => Promise<T>): Promise<T> => this.#gate.settling(randomUUID(), work);
  exclusively = <T>(work: (mustHold: () => Promise<void>) => Promise<T>): Promise<T> => this.#gate.exclusively(work);
  async settled(): Promise<void> {
    await this.#step(() => this.#tables.setUnsettled.run(0));
  }

  /** Most times nobody has died: then nothing is written. */
  async reap(): Promise<Reaped> {
    const { dead, unsettled } = await this.#look(() => ({
      dead: this.#owners.dead(),
      unsettled: Number(this.#tables.state.get()?.unsettled) > 0,
    }));
    return dead.length === 0 ? { owners: [], unsettled } : this.#step(() => this.#owners.reap());
  }

  async close(): Promise<void> {
    await this.#step(() => this.#owners.end(this.owner));
    this.#owners.close();
    this.#tables.db.close();
  }

  #look<T>(work: () => T): Promise<T> {
    return retryWhileBusy(this.#clock, this.#path, () => {
      try {
        return work();
      } catch (error) {
        throw error instanceof CliptideError ? error : sqliteError(error, this.#path);
      }
    });
  }

  #step<T>(work: () => T): Promise<T> {
    return retryWhileBusy(this.#clock, this.#path, () => inTransaction(this.#tables.db, this.#path, work));
  }
}
