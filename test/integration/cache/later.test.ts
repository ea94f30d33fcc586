import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openCacheCatalog } from '../../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createMediaCache } from '../../../src/adapters/fetch/cache.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { CacheCatalog } from '../../../src/ports/cachecatalog.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld, quiet, scope } from '../../support/mediacaches.ts';
import { transportStream } from '../../support/segments.ts';

const block = 4096;

/** The machine's clock, but for the long sleep between two beats of the cache, which ends on request. */
class BeatingClock implements Clock {
  now = systemClock.now;
  beat = () => {};
  beats = 0;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 10_000) return systemClock.sleep(ms, signal);
    return new Promise((resolve, reject) => {
      this.beats++;
      this.beat = resolve;
      signal?.addEventListener('abort', reject);
    });
  }
}

/** The catalog, whose method fails once as on a full disk. */
function failingOnce(catalog: CacheCatalog, method: 'unpin' | 'fail' | 'evicted'): CacheCatalog {
  let isFull = true;
  return new Proxy(catalog, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== method || !isFull) return value.bind(target);
      return async () => {
        isFull = false;
        throw new CliptideError('space', 'the disk is full');
      };
    },
  });
}

it.each(['unpin', 'fail', 'evicted'] as const)(
  'makes up for what could not be noted while the disk was full: %s',
  async (method) => {
    await using world = await cacheWorld({ cap: 2 * block });
    const { origin, folder, ledger, fetcher } = world;
    const catalog = await openCacheCatalog({ path: world.catalogPath, clock: systemClock });
    const clock = new BeatingClock();
    const options = { folder, ledger, scope, fetcher, floorBytes: 0, clock, logger: quiet };
    const cache = await createMediaCache({ ...options, catalog: failingOnce(catalog, method) });
    const uris = [0, 1, 2].map((k) => origin.set(`/s${k}.ts`, transportStream(k)));
    const archive = archiveOf([...uris, origin.set('/none.ts', { status: 404 })].map((uri) => ({ uri })));
    const lease = (k: number) => cache.lease({ archive, fromMs: k * 2000, toMs: k * 2000 + 1000, purpose: 'render' });
    for (const k of [0, 1, 2]) await (await lease(k)).release();
    await expect(lease(3)).rejects.toMatchObject({ code: 'media-gone' });
    const isTidy = async () => {
      const { pinned, flights, objects } = await catalog.usage();
      const keys = (await catalog.objects('', 10)).map(({ key }) => key);
      const canPin = (await catalog.pin(keys)) !== undefined;
      if (canPin) await catalog.unpin(keys);
      return pinned.objects === 0 && flights.length === 0 && objects === 2 && canPin;
    };
    expect(await isTidy()).toBe(false);
    clock.beat();
    await expect.poll(isTidy).toBe(true);
    await cache.close();
    await catalog.close();
  },
);

it('notices every so often what somebody did to the folder', async () => {
  await using world = await cacheWorld();
  const { folder, ledger, fetcher } = world;
  const catalog = await openCacheCatalog({ path: world.catalogPath, clock: systemClock });
  const clock = new BeatingClock();
  const options = { folder, ledger, scope, fetcher, floorBytes: 0, clock, logger: quiet, catalog };
  const cache = await createMediaCache(options);
  await writeFile(path.join(folder, `${'ab'.repeat(32)}.0.ts`), transportStream(1));
  while ((await world.usage()).used === 0 && clock.beats < 100) {
    const { beats } = clock;
    clock.beat();
    await expect.poll(() => clock.beats, { interval: 1 }).toBeGreaterThan(beats);
  }
  expect(await world.usage()).toMatchObject({ used: block });
  await cache.close();
  await catalog.close();
});
