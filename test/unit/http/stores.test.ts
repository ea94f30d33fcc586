import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { prometheusMetrics } from '../../../src/adapters/prometheus/metrics.ts';
import { measureStores } from '../../../src/cli/node/stores.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { Scraped } from '../../support/scraped.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-stores-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const data = { dir: work, capBytes: 160_000_000, cacheCapBytes: 10_000_000, freeSpaceFloorBytes: 5 };

async function sizes(folder: string, ledger?: Awaited<ReturnType<typeof openLedger>>): Promise<Scraped> {
  const metrics = prometheusMetrics();
  await measureStores({ data, folder, ledger, nodeId: 'node-1' }, metrics);
  return new Scraped(await metrics.text());
}

test('each store has its size, in blocks or as the ledger knows it, and what it may have', async () => {
  const folder = join(work, 'node');
  mkdirSync(join(folder, 'results/parts'), { recursive: true });
  writeFileSync(join(folder, 'log.db'), Buffer.alloc(40_000, 1));
  writeFileSync(join(folder, 'log.db-wal'), Buffer.alloc(40_000, 1));
  writeFileSync(join(folder, 'results/parts/one'), Buffer.alloc(100_000, 1));
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock });
  await ledger.setCap('clips', 1_000);
  await ledger.reconcile('clips', 600);
  await ledger.reserve({ scope: 'clips', amount: 150, holder: 'test', ttlMs: 60_000 });
  await ledger.setCap(nodeScopes('node-1').cache, 500);
  const scraped = await sizes(folder, ledger);
  await ledger.close();
  const size = (store: string) => scraped.sum('cliptide_store_bytes', { store });
  const cap = (store: string) => scraped.sum('cliptide_store_cap_bytes', { store });
  expect(size('log')).toBeGreaterThanOrEqual(80_000);
  expect(size('log')).toBeLessThan(100_000);
  expect(size('results')).toBeGreaterThanOrEqual(100_000);
  expect([size('clips'), size('cache')]).toEqual([750, 0]);
  expect([cap('clips'), cap('cache'), cap('log')]).toEqual([1_000, 500, 40_000_000]);
  expect(scraped.sum('cliptide_data_cap_bytes')).toBe(160_000_000);
  expect(scraped.sum('cliptide_disk_free_bytes')).toBeGreaterThan(0);
});

test('a node that keeps nothing has no such figures, and no failure', async () => {
  const scraped = await sizes(join(work, 'none'));
  expect(scraped.sum('cliptide_store_bytes')).toBeUndefined();
  expect(scraped.sum('cliptide_data_cap_bytes')).toBeUndefined();
});
