import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import { eventsFolder } from '../../domain/ids.ts';
import type { ClipStore, StoredFile } from '../../ports/clipstore.ts';
import type { EventsStore, FileWriter } from '../../ports/eventsstore.ts';
import type { QuotaLedger, Reservation } from '../../ports/ledger.ts';
import { type DiskFloor, mustLeaveFree } from './freespace.ts';

export interface EventsStoreOptions extends DiskFloor {
  readonly store: ClipStore;
  readonly ledger: QuotaLedger;
  /** Scope of the kept files' bytes. */
  readonly scope: string;
  /** Where files are made before they go into the store; what a killed process left there is removed. */
  readonly workFolder: string;
}

/** Room is reserved in steps of so many bytes. */
const step = 1 << 20;
const ttlMs = 600_000;
/** A file and its copy lie beside each other while it goes into the store. */
const copies = 2;

/** Files of events in a clip store; what it holds at the start is what is used. */
export async function openEventsStore(options: EventsStoreOptions): Promise<EventsStore> {
  const { store, ledger, scope, workFolder } = options;
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  // What a killed process had reserved, too.
  await ledger.expire();
  await ledger.reconcile(scope, await bytesOf(store));
  return {
    has: async (key) => (await store.list(eventsFolder)).some((file) => file.key === key),
    open: (key) => store.open(key),
    list: () => store.list(eventsFolder),
    put: (key, write) => put(options, key, write),
  };
}

async function bytesOf(store: ClipStore): Promise<number> {
  return (await store.list(eventsFolder)).reduce((sum, { bytes }) => sum + blocksOf(bytes), 0);
}

async function put(options: EventsStoreOptions, key: string, write: FileWriter): Promise<StoredFile> {
  const { store, workFolder } = options;
  const there = await store.stat(key);
  if (there !== undefined) return there;
  const path = join(workFolder, `${process.pid}.${randomUUID()}`);
  const room = await Room.open(options, key);
  try {
    await write(path, (bytes) => room.grow(copies * bytes));
    await room.grow(copies * (await stat(path)).size);
    const stored = await store.put(key, path);
    await room.keep(blocksOf(stored.bytes));
    return stored;
  } catch (error) {
    await room.giveBack();
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** What is reserved for one file; older files make room for it. */
class Room {
  readonly #options: EventsStoreOptions;
  #reservation: Reservation;

  private constructor(options: EventsStoreOptions, reservation: Reservation) {
    this.#options = options;
    this.#reservation = reservation;
  }

  static async open(options: EventsStoreOptions, holder: string): Promise<Room> {
    const { ledger, scope } = options;
    const reserve = () => ledger.reserve({ scope, amount: step, holder, ttlMs });
    return new Room(options, await fitting(options, step, reserve));
  }

  async grow(bytes: number): Promise<void> {
    while (this.#reservation.amount < bytes) {
      const extend = () => this.#options.ledger.extend(this.#reservation, step);
      this.#reservation = await fitting(this.#options, step, extend);
    }
  }

  keep(bytes: number): Promise<void> {
    return this.#options.ledger.commit(this.#reservation, bytes);
  }

  async giveBack(): Promise<void> {
    await this.#options.ledger.release(this.#reservation).catch(() => undefined);
  }
}

/** Lets the oldest files go until it fits. */
async function fitting<R>(options: EventsStoreOptions, bytes: number, reserve: () => Promise<R>): Promise<R> {
  await mustLeaveFree(options, bytes);
  while (true) {
    try {
      return await reserve();
    } catch (error) {
      if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
      const expired = (await options.ledger.expire()).some(({ scope }) => scope === options.scope);
      if (!expired && !(await dropOldest(options))) throw error;
    }
  }
}

async function dropOldest({ store, ledger, scope }: EventsStoreOptions): Promise<boolean> {
  const [oldest] = await store.list(eventsFolder);
  if (oldest === undefined) return false;
  await store.delete(oldest.key);
  // Other nodes may have put files there that this ledger has not heard of.
  await ledger.reconcile(scope, await bytesOf(store));
  return true;
}
