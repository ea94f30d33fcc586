import { randomUUID } from 'node:crypto';
import type { Reaped } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CacheTables } from './cachetables.ts';
import { isLocked, lockOwner, removeLock } from './ownerlock.ts';

/** How long an owner that gives no sign of life keeps its flights, in milliseconds. */
export const leaseMs = 30_000;

/** What leases of owners go by. */
export interface OwnerTime {
  /** Of earlier versions, which may have the file open, too: they know no other. */
  readonly clock: Clock;
  /** Milliseconds since the machine started: it does not jump when somebody sets the clock. */
  readonly uptime: () => number;
}

/** The owners of a catalog: who holds a lease, who is alive, and the end of those who are not. Each call is one step. */
export class CacheOwners {
  readonly own = randomUUID();
  readonly #tables: CacheTables;
  readonly #folder: string;
  readonly #time: OwnerTime;
  readonly #lock: { close(): void };

  /** To be called in a step, so that nobody sees the lock's file without its owner. */
  constructor(tables: CacheTables, folder: string, time: OwnerTime) {
    this.#tables = tables;
    this.#folder = folder;
    this.#time = time;
    this.#lock = lockOwner(folder, this.own);
    this.renew();
  }

  renew(): void {
    this.#tables.addOwner.run(this.own, this.#time.clock.now() + leaseMs);
    this.#tables.addOwnerLease.run(this.own, this.#time.uptime() + leaseMs);
  }

  /** Whether its lease goes on. */
  isCurrent(owner: string): boolean {
    const lease = this.#tables.ownerLease.get(owner);
    if (lease !== undefined) return Number(lease.until_up_ms) > this.#time.uptime();
    return Number(this.#tables.owner.get(owner)?.expires_ms ?? 0) > this.#time.clock.now();
  }

  isAlive(owner: string): boolean {
    return owner === this.own || isLocked(this.#folder, owner);
  }

  all(): string[] {
    return this.#tables.owners.all().map((row) => String(row.id));
  }

  /** Owners whose lock nobody holds; read before a step, since that is not to wait for the file system. */
  dead(): string[] {
    return this.all().filter((owner) => !this.isAlive(owner));
  }

  reap(): Reaped {
    const owners = this.dead();
    for (const owner of owners) this.end(owner);
    return { owners, unsettled: Number(this.#tables.state.get()?.unsettled) > 0 };
  }

  /** Takes away what an owner has. What it was evicting stays: nobody knows how far it came. */
  end(owner: string): void {
    const tables = this.#tables;
    const evicting = Number(tables.spareAll.run(owner).changes);
    const settling = Number(tables.removeSettlers.run(owner).changes);
    if (evicting + settling > 0) tables.setUnsettled.run(1);
    if (tables.state.get()?.gate === owner) tables.setGate.run(null);
    tables.removeFlights.run(owner);
    tables.removePins.run(owner);
    tables.removeOwner.run(owner);
    if (owner !== this.own) removeLock(this.#folder, owner);
  }

  close(): void {
    this.#lock.close();
  }
}
