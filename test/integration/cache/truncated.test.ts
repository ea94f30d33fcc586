import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { makeHls, makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { adtsFrames, timedPackets } from '../../support/segments.ts';

it('a segment whose origin sends its first packets alone, and says so, comes into no clip', async () => {
  await using world = await cacheWorld();
  const folder = path.join(world.root, 'hls');
  const ffmpeg = (await locateTool('ffmpeg')).path;
  const made = await makeHls(ffmpeg, folder, { seconds: 6, type: 'mpegts', segmentSeconds: 3 });
  for (const segment of made.segments) {
    const whole = await readFile(segment);
    const part = whole.subarray(0, Math.floor(whole.length / 188 / 5) * 188);
    world.origin.set(`/${path.basename(segment)}`, part);
  }
  const uri = world.origin.set('/index.m3u8', await readFile(made.playlist));
  const archive = await archiveAt(uri, world.fetcher);
  const cache = await world.open();
  await expect(cache.lease({ archive, fromMs: 500, toMs: 2500, purpose: 'render' })).rejects.toMatchObject({
    code: 'media',
    message: expect.stringMatching(/^The segment holds 0\.\d s of the 3\.0 s that its playlist says: http/),
  });
  expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });

  const local = await archiveAt(made.playlist, world.fetcher);
  await cache.lease({ archive: local, fromMs: 500, toMs: 2500, purpose: 'render' });
});

it('fragments of MP4 that end between two boxes come into no clip where most of them lack', async () => {
  await using world = await cacheWorld();
  const ffmpeg = (await locateTool('ffmpeg')).path;
  const options = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-g', '25'];
  const path = await makeMedia(ffmpeg, `${world.root}/made.mp4`, { seconds: 6, options });
  const movie = await readFile(path);
  const fragments = [...movie.toString('latin1').matchAll(/moof/g)].map(({ index }) => index - 4);
  const init = world.origin.set('/init.mp4', movie.subarray(0, fragments[0]));
  expect(fragments.length).toBeGreaterThanOrEqual(6);
  const cache = await world.open();
  const lease = (name: string, to: number | undefined) => {
    const archive = archiveOf([{ uri: world.origin.set(name, movie.subarray(fragments[0], to)), seconds: 6 }]);
    const range = { uri: init, byteOffset: null, byteLength: null, key: null };
    const segments = archive.segments.map((segment) => ({ ...segment, init: range }));
    return cache.lease({ archive: { ...archive, segments }, fromMs: 0, toMs: 1000, purpose: 'render' });
  };
  await expect(lease('/two.m4s', fragments[2])).rejects.toMatchObject({
    code: 'media',
    message: expect.stringMatching(/^The segment holds 2\.\d s of the 6\.0 s that its playlist says: http/),
  });
  await (await lease('/most.m4s', fragments[5])).release();
  await (await lease('/all.m4s', undefined)).release();
});

const seconds = (count: number) => timedPackets({ times: Array.from({ length: count * 10 }, (_, k) => k * 9_000) });
/** Frames of 23.2 ms. */
const sound = (of: number) => adtsFrames(Math.round((of * 44_100) / 1024));

it.each([
  ['4 s of 8 s of TS', seconds(4), 8_000, true],
  ['3 s of 8 s of TS', seconds(3), 8_000, false],
  ['1 s of 2 s of TS', seconds(1), 2_000, true],
  ['one picture for 8 s of TS', timedPackets({ times: [0] }), 8_000, false],
  ['one picture for 1 s of TS', timedPackets({ times: [0] }), 1_000, true],
  ['sound in one PES packet', timedPackets({ streamId: 0xc0, times: [0] }), 8_000, true],
  ['5 s of 8 s of sound', sound(5), 8_000, true],
  ['3 s of 8 s of sound', sound(3), 8_000, false],
])('%s', async (_, body, durationMs, passes) => {
  await using world = await cacheWorld();
  const archive = archiveOf([{ uri: world.origin.set('/segment', body) }]);
  const segments = archive.segments.map((segment) => ({ ...segment, durationMs }));
  const cache = await world.open();
  const leased = cache.lease({ archive: { ...archive, segments }, fromMs: 0, toMs: 1000, purpose: 'render' });
  const result = leased.then(
    () => true,
    () => false,
  );
  expect(await result).toBe(passes);
});
