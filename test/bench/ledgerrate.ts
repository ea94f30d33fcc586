// Reserves and commits so many times in the ledger that is named (`file PATH`, `redis URL PREFIX`), or does the least
// that such a thing could be made of (`bare-file`, `bare-redis`); prints the milliseconds of each reservation, and of
// everything, as JSON.
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';

interface Rated {
  reserve(): Promise<unknown>;
  commit(reserved: unknown): Promise<unknown>;
  close(): Promise<unknown>;
}

function rated(ledger: QuotaLedger): Rated {
  const request = { scope: 'bench', amount: 1, holder: 'bench', ttlMs: 60_000 };
  return {
    reserve: () => ledger.reserve(request),
    commit: (reserved) => ledger.commit(reserved as Awaited<ReturnType<QuotaLedger['reserve']>>, 1),
    close: () => ledger.close(),
  };
}

/** One counter in a table, by the same kind of transaction. */
function bareFile(path: string): Rated {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  db.exec('CREATE TABLE IF NOT EXISTS counter(value INTEGER); INSERT INTO counter VALUES (0)');
  const add = db.prepare('UPDATE counter SET value = value + 1');
  const step = async (): Promise<void> => {
    db.exec('BEGIN IMMEDIATE');
    add.run();
    db.exec('COMMIT');
  };
  return { reserve: step, commit: step, close: async () => db.close() };
}

/** One counter, by one command. */
function bareRedis(url: string): Rated {
  const redis = new Redis(url);
  const step = () => redis.incrby('bench-counter', 1);
  return { reserve: step, commit: step, close: () => redis.quit() };
}

const [kind = '', count = '0', place = '', prefix = ''] = process.argv.slice(2);
const opened: Record<string, () => Promise<Rated>> = {
  file: async () => rated(await openLedger({ path: place, clock: systemClock })),
  redis: async () => rated(await openRedisLedger({ connection: { url: place }, prefix })),
  'bare-file': async () => bareFile(place),
  'bare-redis': async () => bareRedis(place),
};
const ledger = await opened[kind]?.();
if (ledger === undefined) throw new Error(`no such ledger: ${kind}`);
const each: number[] = [];
const from = performance.now();
for (let done = 0; done < Number(count); done++) {
  const before = performance.now();
  const reserved = await ledger.reserve();
  each.push(performance.now() - before);
  await ledger.commit(reserved);
}
const ms = performance.now() - from;
await ledger.close();
process.stdout.write(JSON.stringify({ ms, each }));
