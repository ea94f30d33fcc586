import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { type DemoBroadcast, openStudio } from '../../../src/demo/broadcast.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';

const wall: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new CliptideError('aborted', 'stopped');
    }),
};

/** Slow enough for a busy machine to look at it before it is over, three quarters of a minute later. */
const pace = 20;

describe('the made broadcast on air', () => {
  let folder = '';
  let broadcast: DemoBroadcast | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cliptide-demo-'));
  });
  afterEach(async () => {
    await broadcast?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const start = async (signal: AbortSignal): Promise<DemoBroadcast> => {
    const { path: ffmpeg } = await locateTool('ffmpeg');
    const studio = await openStudio({ pace, ffmpeg, folder, signal, time: wall });
    broadcast = await studio.start();
    return broadcast;
  };

  it('can be fetched as far as it is on air, and counts what each segment cost', async () => {
    const on = await start(new AbortController().signal);
    let lastMs = on.zeroAtMs;
    for await (const batch of on.events()) {
      lastMs = batch.at(-1)?.atMs ?? lastMs;
      if (lastMs > on.zeroAtMs + 10_000) break;
    }
    const playlist = await (await fetch(on.playlistUrl)).text();
    const segments = playlist.match(/seg-\d+\.ts/g) ?? [];
    expect(segments.length).toBeGreaterThanOrEqual(5);
    expect(playlist).not.toContain('ENDLIST');
    const get = async (name: string): Promise<Response> => fetch(new URL(name, on.playlistUrl));
    const bodies = await Promise.all(['seg-00001.ts', 'seg-00001.ts', 'seg-00003.ts'].map(get));
    const sizes = await Promise.all(bodies.map(async (body) => (await body.arrayBuffer()).byteLength));
    expect((await get('seg-00449.ts')).status).toBe(404);
    expect((await get('../plan.ts')).status).toBe(404);
    expect(on.origin.served.get(1)).toEqual({ requests: 2, bytes: 2 * (sizes[0] ?? 0) });
    expect(on.origin.served.get(3)).toEqual({ requests: 1, bytes: sizes[2] });
    expect(on.origin.bytesServed()).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(sizes[0]).toBeGreaterThan(10_000);
  });

  it('stops at once when asked, with no encoder and no server left', async () => {
    const asked = new AbortController();
    const on = await start(asked.signal);
    asked.abort();
    await expect(on.done).rejects.toMatchObject({ code: 'aborted' });
    await on.stop();
    await expect(fetch(on.playlistUrl)).rejects.toThrow();
    const left = await readdir(folder);
    await wall.sleep(200);
    expect(await readdir(folder)).toEqual(left);
  });

  it('fails with the reason when ffmpeg cannot make it', async () => {
    const studio = await openStudio({
      pace,
      ffmpeg: '/no/such/ffmpeg',
      folder,
      signal: new AbortController().signal,
      time: wall,
    });
    await expect(studio.start()).rejects.toMatchObject({ code: 'tool' });
  });
});
