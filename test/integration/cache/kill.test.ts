import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld, scope } from '../../support/mediacaches.ts';
import { transportStream } from '../../support/segments.ts';

const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, '../../..', file)).href;

/** A process that leases the archive's first two segments and never comes to an end with the second. */
const victim = `
  const [root, view] = process.argv.slice(1);
  const { systemClock: clock } = await import('${source('src/adapters/embedded/clock.ts')}');
  const { openLedger } = await import('${source('src/adapters/embedded/ledger.ts')}');
  const { openCacheCatalog } = await import('${source('src/adapters/embedded/cachecatalog.ts')}');
  const { createFetcher } = await import('${source('src/adapters/fetch/http/fetcher.ts')}');
  const { createMediaCache } = await import('${source('src/adapters/fetch/cache.ts')}');
  const { openPolicy } = await import('${source('test/support/openpolicy.ts')}');
  const { quiet: logger } = await import('${source('test/support/mediacaches.ts')}');
  const ledger = await openLedger({ path: root + '/ledger.sqlite', clock });
  const fetcher = createFetcher(clock, openPolicy, { stallMs: 60000 });
  const catalog = await openCacheCatalog({ path: root + '/cache.db', clock });
  const cache = await createMediaCache({
    folder: root + '/media', catalog, ledger, scope: '${scope}', fetcher, floorBytes: 0, clock, logger,
  });
  const archive = JSON.parse(view);
  await cache.lease({ archive, fromMs: 0, toMs: 2000, purpose: 'render' });
  await cache.lease({ archive, fromMs: 2000, toMs: 4000, purpose: 'render' });
`;

it('keeps what was whole and nothing else when it is killed in the middle of a segment', async () => {
  await using world = await cacheWorld();
  const { origin, folder, root } = world;
  const half = { body: transportStream(2), stallAfter: 1000 };
  const archive = archiveOf([{ uri: origin.set('/a.ts', transportStream(1)) }, { uri: origin.set('/b.ts', half) }]);
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', victim];
  const child = spawn(process.execPath, [...flags, root, JSON.stringify(archive)], { stdio: 'inherit' });
  await origin.asked('/b.ts');
  const isWriting = async () => (await readdir(folder)).some((name) => name.endsWith('.part'));
  await expect.poll(isWriting, { interval: 10 }).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await world.usage()).reserved).toBeGreaterThan(0);

  const cache = await world.open();
  expect(await world.files()).toHaveLength(1);
  expect(await world.usage()).toMatchObject({ used: 4096, reserved: 0 });
  origin.set('/b.ts', transportStream(2));
  const held = await cache.lease({ archive, fromMs: 0, toMs: 4000, purpose: 'render' });
  expect(held.bytesFetched).toBe(20 * 188);
  expect([origin.requests('/a.ts'), origin.requests('/b.ts')]).toEqual([1, 2]);
});
