import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findInPath } from '../../../scripts/services/programs/path.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { objectFile } from '../../../src/adapters/fetch/objectname.ts';
import { openRedisLedger } from '../../../src/adapters/redis/ledger.ts';
import { cacheBytesIn } from '../../../src/cli/node/measured.ts';
import type { QuotaLedger } from '../../../src/ports/ledger.ts';
import { RedisServer } from '../../support/redisserver.ts';
import { runChild } from '../child.ts';
import { duration, type Figure, milliseconds, perSecond, type Row, times } from '../figure.ts';

const program = fileURLToPath(new URL('../ledgerrate.ts', import.meta.url));
/** Of all clients together. */
const reservations = 16_000;
const objects = 100_000;

interface Rate {
  readonly perMs: number;
  readonly p99Ms: number;
}

export const ledger: Figure = {
  name: 'ledger',
  measure: async (folder) => [...(await rates(folder)), await reconcileTime(folder)],
};

async function rates(folder: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const path = join(folder, 'ledger.db');
  await capped(await openLedger({ path, clock: systemClock }));
  for (const clients of [1, 8]) {
    const bare = await rateOf(folder, clients, 'bare-file', join(folder, 'bare.db'));
    rows.push(
      row('the embedded ledger', clients, await rateOf(folder, clients, 'file', path), bare, 'one counter in SQLite'),
    );
  }
  if (findInPath('redis-server') === undefined) return rows;
  const server = await RedisServer.start();
  try {
    await capped(await openRedisLedger({ connection: { url: server.url }, prefix: 'bench.' }));
    for (const clients of [1, 8]) {
      const bare = await rateOf(folder, clients, 'bare-redis', server.url);
      const rate = await rateOf(folder, clients, 'redis', server.url, 'bench.');
      rows.push(row('the ledger in Redis', clients, rate, bare, 'INCRBY'));
    }
  } finally {
    await server.remove();
  }
  return rows;
}

async function capped(ledger: QuotaLedger): Promise<void> {
  await ledger.setCap('bench', Number.MAX_SAFE_INTEGER);
  await ledger.close();
}

function row(what: string, clients: number, rate: Rate, bare: Rate, of: string): Row {
  const by = clients === 1 ? 'one process' : `${clients} processes at once`;
  return {
    what: `reservations, each with its commit, in ${what} by ${by}`,
    value: `${perSecond(rate.perMs, 1)}, p99 of a reservation ${rate.p99Ms.toFixed(1)} ms`,
    baseline: `${of}, twice: ${perSecond(bare.perMs, 1)}, p99 ${bare.p99Ms.toFixed(1)} ms`,
    ratio: times(rate.perMs, bare.perMs),
  };
}

async function rateOf(folder: string, clients: number, kind: string, ...place: readonly string[]): Promise<Rate> {
  const count = Math.ceil(reservations / clients);
  const args = ['--no-warnings', program, kind, `${count}`, ...place];
  const runs = await Promise.all(Array.from({ length: clients }, () => runChild(process.execPath, args, folder)));
  const all = runs.map(({ out }) => JSON.parse(out) as { readonly ms: number; readonly each: readonly number[] });
  const each = all.flatMap((one) => one.each).sort((a, b) => a - b);
  const slowest = Math.max(...all.map(({ ms }) => ms));
  return { perMs: each.length / slowest, p99Ms: each[Math.floor(each.length * 0.99)] ?? 0 };
}

async function reconcileTime(folder: string): Promise<Row> {
  const cache = join(folder, 'cache');
  await mkdir(cache);
  for (let from = 0; from < objects; from += 500) {
    const names = Array.from({ length: 500 }, (_, at) =>
      objectFile((from + at).toString(16).padStart(64, '0'), 0, 'ts'),
    );
    await Promise.all(names.map((name) => writeFile(join(cache, name), 'x')));
  }
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock });
  const listing = await duration(() => readdir(cache));
  const ms = await duration(async () => ledger.reconcile('cache', await cacheBytesIn(cache)));
  await ledger.close();
  return {
    what: `a scope of ${objects.toLocaleString('en')} cached objects rebuilt from the disk`,
    value: milliseconds(ms),
    baseline: `the folder listed: ${milliseconds(listing)}`,
  };
}
