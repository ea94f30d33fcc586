import { expect } from 'vitest';
import type { ArchiveView, MediaCache } from '../../src/ports/mediacache.ts';
import { archiveOf } from './archiveviews.ts';
import type { cacheWorld } from './mediacaches.ts';
import type { CountingOrigin } from './origin.ts';
import { transportStream } from './segments.ts';

/** Each segment takes one block of 4,096 bytes. */
export const block = 4096;
/** Longer than any of these tests takes. */
export const patient = 600_000;

export type World = Awaited<ReturnType<typeof cacheWorld>>;
export const served = (origin: CountingOrigin, count: number, gates: readonly (Promise<void> | undefined)[] = []) =>
  archiveOf(
    Array.from({ length: count }, (_, k) => {
      const gate = gates[k];
      return { uri: origin.set(`/s${k}.ts`, { body: transportStream(k), ...(gate && { gate }) }) };
    }),
  );
/** Segments from one number to another. */
export const lease = (cache: MediaCache, archive: ArchiveView, from: number, to: number, signal?: AbortSignal) =>
  cache.lease({ archive, fromMs: from * 2000, toMs: to * 2000, purpose: 'render', ...(signal && { signal }) });
export const waiting = async (world: World, count: number) =>
  expect.poll(async () => (await world.usage()).waiting, { timeout: 20_000 }).toBe(count);
export const used = async (world: World, blocks: number) =>
  expect.poll(async () => (await world.usage()).used, { timeout: 20_000 }).toBe(blocks * block);
