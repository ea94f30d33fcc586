import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ffmpegAnalyzer } from '../../../src/adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import { shifted, soundOfSpan } from '../../../src/domain/mediaclock.ts';
import type { ArchiveView } from '../../../src/ports/mediacache.ts';
import { leaseMedia } from '../../../src/stages/render/lease.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { clickTimes, frameNumbers } from '../../support/frames.ts';
import { makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { plan } from '../../support/mediaparts.ts';

const run = promisify(execFile);
type World = Awaited<ReturnType<typeof cacheWorld>>;
const tools = { ffmpeg: '', ffprobe: '' };
const seconds = 10;
const { signal } = new AbortController();

beforeAll(async () => {
  tools.ffmpeg = (await locateTool('ffmpeg')).path;
  tools.ffprobe = (await locateTool('ffprobe')).path;
});

/** A master playlist whose picture and sound are in playlists of their own, on the origin. */
async function serveApart(world: World, type: 'mpegts' | 'fmp4'): Promise<string> {
  const folder = path.join(world.root, 'made');
  const whole = await makeMedia(tools.ffmpeg, path.join(folder, 'whole.mp4'), { seconds, silent: [[5.5, 7.5]] });
  for (const [name, stream] of [
    ['v', '0:v'],
    ['a', '0:a'],
  ] as const) {
    await mkdir(path.join(folder, name));
    const hls = ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', type];
    const target = path.join(folder, name, 'index.m3u8');
    await run(tools.ffmpeg, ['-v', 'error', '-nostdin', '-i', whole, '-map', stream, '-c', 'copy', ...hls, target]);
    for (const file of await readdir(path.join(folder, name))) {
      world.origin.set(`/${name}/${file}`, await readFile(path.join(folder, name, file)));
    }
  }
  const lines = ['#EXTM3U', '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="en",DEFAULT=YES,URI="a/index.m3u8"'];
  lines.push('#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.4D401F,mp4a.40.2",AUDIO="s"', 'v/index.m3u8');
  return world.origin.set('/master.m3u8', lines.join('\n'));
}

async function clip(world: World, archive: ArchiveView, preset: 'source' | 'copy', fromMs: number, toMs: number) {
  const cache = await world.open();
  const { parts, sound, bytesFetched } = await leaseMedia(cache, archive, { fromMs, toMs }, signal);
  if (sound === undefined) throw new Error('no sound was leased');
  const folder = path.join(world.root, preset);
  await mkdir(folder);
  const request = { plan: plan(preset, fromMs, toMs), parts, sound, folder, deadlineMs: 60_000 };
  const output = await ffmpegRenderer(tools).render(request);
  const frames = await frameNumbers(tools.ffmpeg, output.video);
  return { output, frames, bytesFetched, clicks: await clickTimes(tools.ffmpeg, output.video) };
}

/** Where the clicks of the source's whole seconds lie in a clip that begins with this frame. */
const expected = (firstFrame: number, toSec: number) => {
  const startSec = firstFrame / 25;
  return [1, 2, 3, 4, 5, 8, 9].filter((at) => at >= startSec && at < toSec).map((at) => at - startSec);
};

describe.each(['mpegts', 'fmp4'] as const)('a clip of variants whose sound is apart (%s)', (type) => {
  it.each(['source', 'copy'] as const)('has its sound, under the right pictures (%s)', async (preset) => {
    await using world = await cacheWorld({ limits: { stallMs: 5_000 } });
    const archive = await archiveAt(await serveApart(world, type), world.fetcher);
    expect(archive.opened).toMatchObject({ hasVideo: true, hasAudio: false });
    const { frames, clicks, output } = await clip(world, archive, preset, 2_320, 5_320);
    const first = frames[0] ?? -1;
    expect(first).toBe(preset === 'source' ? 58 : 50);
    expect(output.headMs).toBe(preset === 'source' ? 0 : 320);
    const wanted = expected(first, 5.32);
    expect(clicks).toHaveLength(wanted.length);
    for (const [index, at] of wanted.entries()) expect(Math.abs((clicks[index] ?? 0) - at)).toBeLessThan(0.03);
  });

  it('keeps them together where the sound’s first segment was seen later', async () => {
    await using world = await cacheWorld({ limits: { stallMs: 5_000 } });
    const archive = await archiveAt(await serveApart(world, type), world.fetcher);
    const [first, ...later] = archive.sound ?? [];
    const sound = later.map((one) => ({ ...one, startMs: one.startMs - (first?.durationMs ?? 0) }));
    const { clicks, frames } = await clip(world, { ...archive, sound }, 'source', 2_320, 5_320);
    const wanted = expected(frames[0] ?? -1, 5.32);
    expect(clicks).toHaveLength(wanted.length);
    for (const [index, at] of wanted.entries()) expect(Math.abs((clicks[index] ?? 0) - at)).toBeLessThan(0.03);
  });

  it('is refined by its sound, of which alone something is fetched', async () => {
    await using world = await cacheWorld({ limits: { stallMs: 5_000 } });
    const archive = await archiveAt(await serveApart(world, type), world.fetcher);
    const span = { fromMs: 4_500, toMs: 9_000 };
    const sound = soundOfSpan(archive, span);
    if (sound === undefined) throw new Error('no sound');
    const lease = await (await world.open()).lease({ archive: sound.archive, ...sound.span, purpose: 'refine' });
    const parts = shifted(lease.parts, sound.shiftMs);
    const { silences, sceneCuts } = await ffmpegAnalyzer(tools).analyze(parts, span, signal, 'sound');
    expect(sceneCuts).toEqual([]);
    expect(silences).toHaveLength(1);
    expect(Math.abs((silences[0]?.fromMs ?? 0) - 5_500)).toBeLessThan(60);
    expect(Math.abs((silences[0]?.toMs ?? 0) - 7_500)).toBeLessThan(60);
    expect(world.origin.log.filter((line) => line.startsWith('/v/') && !line.endsWith('.m3u8'))).toEqual([]);
  });
});
