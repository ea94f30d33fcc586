import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Lease, MediaCache } from '../../../src/ports/mediacache.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import type { CountingOrigin } from '../../support/origin.ts';
import { transportStream } from '../../support/segments.ts';

/** Each segment takes one block of 4,096 bytes. */
const block = 4096;

function served(origin: CountingOrigin, count: number) {
  return archiveOf(Array.from({ length: count }, (_, k) => ({ uri: origin.set(`/s${k}.ts`, transportStream(k)) })));
}
const leaseOne = (cache: MediaCache, archive: ReturnType<typeof served>, k: number) =>
  cache.lease({ archive, fromMs: k * 2000, toMs: k * 2000 + 1000, purpose: 'render' });
const pathOf = (lease: Lease) => lease.parts[0]?.path ?? '';
const fetches = (origin: CountingOrigin, count: number) =>
  Array.from({ length: count }, (_, k) => origin.requests(`/s${k}.ts`));

async function diskBytes(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + Math.ceil(size / block) * block, 0);
}

it('evicts what was used least recently, never what is leased', async () => {
  await using world = await cacheWorld({ cap: 3 * block });
  const archive = served(world.origin, 5);
  const cache = await world.open();
  const pinned = await leaseOne(cache, archive, 0);
  await (await leaseOne(cache, archive, 1)).release();
  await (await leaseOne(cache, archive, 2)).release();
  await (await leaseOne(cache, archive, 1)).release();
  await (await leaseOne(cache, archive, 3)).release();
  await access(pathOf(pinned));
  await (await leaseOne(cache, archive, 1)).release();
  await (await leaseOne(cache, archive, 0)).release();
  expect(fetches(world.origin, 5)).toEqual([1, 1, 1, 1, 0]);
  await (await leaseOne(cache, archive, 2)).release();
  expect(world.origin.requests('/s2.ts')).toBe(2);
});

it('refuses what does not fit beside the leased, evicting nothing for it, until a lease ends', async () => {
  await using world = await cacheWorld({ cap: 3 * block });
  const archive = served(world.origin, 4);
  const cache = await world.open();
  const held = [await leaseOne(cache, archive, 0), await leaseOne(cache, archive, 1)];
  await (await leaseOne(cache, archive, 2)).release();
  const wide = () => cache.lease({ archive, fromMs: 4000, toMs: 8000, purpose: 'render' });
  await expect(wide()).rejects.toMatchObject({ code: 'budget', hint: expect.stringContaining('cap') });
  expect(await world.usage()).toMatchObject({ used: 3 * block, reserved: 0 });
  await held[0]?.release();
  await held[0]?.release();
  expect((await wide()).parts).toHaveLength(2);
});

it('gives nothing up for what cannot fit anyway', async () => {
  await using world = await cacheWorld({ cap: 2 * block });
  // One unlike the others, of which nothing is known.
  const uris = [transportStream(0), transportStream(1)].map((body, k) => world.origin.set(`/s${k}.ts`, body));
  const archive = archiveOf([...uris, world.origin.set('/large.ts', transportStream(2, 40))].map((uri) => ({ uri })));
  const cache = await world.open();
  await leaseOne(cache, archive, 0);
  await (await leaseOne(cache, archive, 1)).release();
  await expect(leaseOne(cache, archive, 2)).rejects.toMatchObject({ code: 'budget' });
  expect(await world.files()).toHaveLength(2);
});

it('keeps what another lease holds when one is released twice', async () => {
  await using world = await cacheWorld({ cap: block });
  const archive = served(world.origin, 2);
  const cache = await world.open();
  const [one, other] = await Promise.all([leaseOne(cache, archive, 0), leaseOne(cache, archive, 0)]);
  await one.release();
  await one.release();
  await expect(leaseOne(cache, archive, 1)).rejects.toMatchObject({ code: 'budget' });
  await access(pathOf(other));
});

it('refuses before the request is written when the disk is nearly full', async () => {
  await using world = await cacheWorld({ floorBytes: Number.MAX_SAFE_INTEGER / 2 });
  const archive = served(world.origin, 1);
  await expect(leaseOne(await world.open(), archive, 0)).rejects.toMatchObject({ code: 'space' });
  expect(await world.files()).toEqual([]);
  expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
});

it('comes down to a cap that was lowered while it was off', async () => {
  await using world = await cacheWorld();
  const archive = served(world.origin, 4);
  const first = await world.open();
  for (const k of [0, 1, 2, 3]) await (await leaseOne(first, archive, k)).release();
  await first.close();
  await world.ledger.setCap('node:media-cache', 2 * block);
  await world.open();
  expect(await world.files()).toHaveLength(2);
  expect((await world.usage()).used).toBe(2 * block);
});

it('never exceeds its quota, on the disk or in the ledger, and never removes a leased file', async () => {
  const steps = fc.array(
    fc.record({ segment: fc.nat(7), together: fc.integer({ min: 1, max: 3 }), keep: fc.boolean() }),
    {
      minLength: 5,
      maxLength: 16,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const cap = 4 * block;
      await using world = await cacheWorld({ cap });
      const archive = served(world.origin, 10);
      const cache = await world.open();
      const held: Lease[] = [];
      for (const { segment, together, keep } of plan) {
        const asked = Array.from({ length: together }, (_, k) => leaseOne(cache, archive, segment + k));
        for (const one of await Promise.allSettled(asked)) {
          if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'budget' });
          else if (keep && held.length < 3) held.push(one.value);
          else await one.value.release();
        }
        if (!keep) await held.shift()?.release();
        const usage = await world.usage();
        expect(usage.used + usage.reserved).toBeLessThanOrEqual(cap);
        expect(await diskBytes(world.folder)).toBe(usage.used);
        for (const lease of held) await access(pathOf(lease));
      }
    }),
    { numRuns: 8 },
  );
});
