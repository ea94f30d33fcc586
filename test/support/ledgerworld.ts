import { closeSync, constants, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openKnownScopes } from '../../src/adapters/embedded/knownscopes.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';
import { gatedLedger } from '../../src/runtime/gatedledger.ts';
import { Reconciler } from '../../src/runtime/reconciler.ts';
import { quiet } from './mediacaches.ts';

/** What one client has on the disk. */
export interface DiskPart {
  /** What is whole. */
  readonly used: number;
  /** Makes it so much more, or less. */
  add(amount: number): void;
  /** Writes so much, which is on the disk at once, and is a stray until it is kept. */
  write(amount: number): void;
  keep(): void;
  drop(): void;
  close(): void;
}

/** What stands for a disk: a file for each client, with what that one has whole, and what it is writing. */
export class PretendDisk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  used(): number {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.used'));
    return files.flatMap((name) => this.#read(name)).reduce((sum, amount) => sum + amount, 0);
  }

  /** The part of one client, which outlives its process; what was being written when that one died goes. */
  part(client: string): DiskPart {
    const name = `${client}.used`;
    const file = openSync(join(this.#folder, name), constants.O_RDWR | constants.O_CREAT);
    let [used = 0] = this.#read(name);
    const become = (whole: number, writing: number): void => {
      used = whole;
      // In one step, so that whoever reads it sees the one or the other.
      writeSync(file, [whole, writing].map((amount) => String(amount).padStart(16)).join(''), 0);
    };
    let written = 0;
    become(used, 0);
    return {
      get used() {
        return used;
      },
      add: (amount) => become(used + amount, 0),
      write: (amount) => {
        written = amount;
        become(used, amount);
      },
      keep: () => become(used + written, 0),
      drop: () => become(used, 0),
      close: () => closeSync(file),
    };
  }

  #read(name: string): number[] {
    const text = readFileSync(join(this.#folder, name), 'utf8');
    return [text.slice(0, 16), text.slice(16)].map(Number);
  }
}

export const cap = 1_000;

/** The ledger as a process of a node has it: behind the gate, and knowing what the pretended disk holds. */
export async function openAtGate(
  folder: string,
  redis?: { readonly url: string; readonly prefix: string },
): Promise<{ readonly ledger: QuotaLedger; readonly reconciler: Reconciler; close(): Promise<void> }> {
  const clock = systemClock;
  const known = await openKnownScopes({ path: join(folder, 'scopes.db'), clock });
  const inner =
    redis === undefined
      ? await openLedger({ path: join(folder, 'ledger.db'), clock, known })
      : await openRedisLedger({ connection: { url: redis.url }, prefix: redis.prefix, known });
  const reconciler = new Reconciler({ ledger: inner, clock, logger: quiet });
  const disk = new PretendDisk(folder);
  reconciler.register({ covers: (scope) => scope === 'disk', measure: async () => disk.used() });
  const ledger = gatedLedger(inner, reconciler, clock);
  await ledger.setCap('disk', cap);
  const close = async (): Promise<void> => {
    await inner.close();
    await known.close();
  };
  return { ledger, reconciler, close };
}
