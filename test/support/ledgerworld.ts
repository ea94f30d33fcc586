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

/** What stands for a disk: a file for each client, with what that one has used. */
export class PretendDisk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  used(): number {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.used'));
    return files.reduce((sum, name) => sum + Number(readFileSync(join(this.#folder, name), 'utf8')), 0);
  }

  /** The part of one client, which outlives its process. */
  part(client: string): { readonly used: number; add(amount: number): void; close(): void } {
    const file = openSync(join(this.#folder, `${client}.used`), constants.O_RDWR | constants.O_CREAT);
    let used = Number(readFileSync(join(this.#folder, `${client}.used`), 'utf8'));
    return {
      get used() {
        return used;
      },
      add: (amount) => {
        used += amount;
        // In one step, so that whoever reads it sees the one or the other.
        writeSync(file, String(used).padStart(16), 0);
      },
      close: () => closeSync(file),
    };
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
