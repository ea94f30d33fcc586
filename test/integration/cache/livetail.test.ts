import { expect, it, vi } from 'vitest';
import { watchArchive } from '../../../src/adapters/hls/watch.ts';
import type { ArchiveEvent } from '../../../src/domain/records.gen.ts';
import { ArchiveTable } from '../../../src/runtime/archive.ts';
import { beside } from '../../../src/runtime/beside.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import { Tails } from '../../../src/runtime/tail/tail.ts';
import { startWorker } from '../../../src/runtime/worker.ts';
import { cacheWorld, quiet } from '../../support/mediacaches.ts';
import { withLog } from '../../support/scoredlog.ts';
import { transportStream } from '../../support/segments.ts';
import { countingWorker } from '../../support/taskstages.ts';

const ids = { streamId: 'stream', channelId: 'channel' };
const bytes = 20 * 188;
const block = 4096;
const scope = 'channel:channel:tail';

it('a live playlist that slides is followed, its segments are kept by the worker of their channel, and a late clip finds them', async () => {
  await using world = await cacheWorld({ limits: { stallMs: 5_000 } });
  await withLog(undefined, 4, async (deps) => {
    const { log, codec, clock } = deps;
    const list = (first: number, ...end: string[]) => {
      const names = [0, 1, 2].flatMap((k) => ['#EXTINF:2,', `s${first + k}.ts`]);
      return ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${first}`, ...names, ...end].join('\n');
    };
    for (let k = 0; k < 9; k += 1) world.origin.set(`/s${k}.ts`, transportStream(k));
    const uri = world.origin.set('/index.m3u8', list(3));
    const cache = await world.open();
    const archives = new ArchiveTable(log, codec);
    const settings = { seconds: 30, capBytes: 1e6 };
    const parts = { cache, ledger: world.ledger, logger: quiet, settings, archives, clock };
    const worker = beside(startWorker(countingWorker().stage, deps, 1), new Tails(parts));
    const stop = new AbortController();
    const taken: ArchiveEvent[] = [];
    const watching = (async () => {
      const where = { clock: 'offset', zeroAtMs: 0, offsetMs: 0, live: true } as const;
      const means = { fetcher: world.fetcher, time: clock, logger: quiet, stop: stop.signal };
      for await (const batch of watchArchive({ uri, ...ids, ...where, ...means })) {
        taken.push(...batch);
        await log.append(
          batch.map((record) => toAppend(codec, { topic: 'archive.events', key: ids.channelId, record })),
        );
      }
    })();
    // What is reserved may still be on its way: it is kept when it is on the disk.
    const kept = async (count: number) => {
      expect(await world.ledger.usage(scope)).toMatchObject({ reserved: count * bytes });
      expect(await world.usage()).toMatchObject({ used: count * block, reserved: 0 });
    };
    await vi.waitFor(() => kept(3), { timeout: 20_000 });
    for (const k of [3, 4, 5]) world.origin.set(`/s${k}.ts`, { status: 404 });
    world.origin.set('/index.m3u8', list(6));
    stop.abort();
    await watching;
    await vi.waitFor(() => kept(6), { timeout: 20_000 });
    const archive = await archives.view(ids.streamId, ids.channelId);
    if (archive === undefined) throw new Error('no archive');
    const late = await cache.lease({ archive, fromMs: 0, toMs: 12_000, purpose: 'render' });
    expect(late.bytesNeeded).toBe(6 * bytes);
    expect([3, 4, 5, 6, 7, 8].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1, 1, 1, 1]);
    await worker.stop();
    expect(await world.ledger.usage(scope)).toMatchObject({ used: 0, reserved: 0 });
  });
});
