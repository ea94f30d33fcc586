import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkContent } from '../../../src/adapters/fetch/content/content.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import type { Lease } from '../../../src/ports/mediacache.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';

const run = promisify(execFile);
const shared = path.resolve(import.meta.dirname, '../../../../shared/media');
type World = Awaited<ReturnType<typeof cacheWorld>>;
let ffmpeg = '';
let ffprobe = '';

beforeAll(async () => {
  ffmpeg = (await locateTool('ffmpeg')).path;
  ffprobe = (await locateTool('ffprobe')).path;
});

async function serveFolder(world: World, folder: string): Promise<void> {
  for (const name of await readdir(folder)) world.origin.set(`/${name}`, await readFile(path.join(folder, name)));
}

/** The static ffprobe from npm would load the system's character set modules to read a TS service name, and crash. */
const withoutGconv = { ...process.env, GCONV_PATH: '/nonexistent' };

/** Frames of picture that ffprobe decodes from each part on its own. */
async function framesOf(held: Lease): Promise<number[]> {
  const show = ['-v', 'error', '-select_streams', 'v:0', '-count_frames', '-of', 'csv=p=0'];
  const counts = held.parts.map(async (part) => {
    const { stdout } = await run(ffprobe, [...show, '-show_entries', 'stream=nb_read_frames', part.path], {
      env: withoutGconv,
    });
    return Number.parseInt(stdout, 10);
  });
  return Promise.all(counts);
}

const forms: readonly (readonly [string, readonly string[]])[] = [
  ['TS segments', []],
  ['fMP4 segments', ['-hls_segment_type', 'fmp4']],
  ['byte ranges of one TS file', ['-hls_flags', 'single_file']],
  ['byte ranges of one fMP4 file', ['-hls_segment_type', 'fmp4', '-hls_flags', 'single_file']],
];

describe.each(forms)('an archive that ffmpeg wrote as %s', (_, options) => {
  it('is leased part by part, each decodable alone, from http and from the disk', async () => {
    await using world = await cacheWorld();
    const folder = path.join(world.root, 'hls');
    await mkdir(folder);
    const hls = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', ...options];
    await makeMedia(ffmpeg, path.join(folder, 'index.m3u8'), { seconds: 4, options: hls });
    await serveFolder(world, folder);
    const cache = await world.open();
    for (const uri of [`${world.origin.url}/index.m3u8`, path.join(folder, 'index.m3u8')]) {
      const archive = await archiveAt(uri, world.fetcher);
      const held = await cache.lease({ archive, fromMs: 1200, toMs: 2800, purpose: 'render' });
      expect(await framesOf(held)).toEqual([25, 25]);
      expect(held.parts.map((part) => Math.round(part.startMs))).toEqual([1000, 2000]);
    }
  });
});

describe.skipIf(!existsSync(shared))('real files of other projects (skipped where ../shared/media is absent)', () => {
  it('are accepted as what they are', async () => {
    const kind = async (name: string, wanted: 'segment' | 'init' = 'segment') => {
      const file = path.join(shared, name);
      return checkContent({ path: file, from: 0, to: (await stat(file)).size, isWhole: true, wanted, where: name });
    };
    expect(await kind('muxjs_test-segment.ts')).toBe('ts');
    expect(await kind('muxjs_test-middle-pat-pmt.ts')).toBe('ts');
    expect(await kind('androidx_sample_h264.ts')).toBe('ts');
    expect(await kind('muxjs_test-aac-segment.aac')).toBe('aac');
    expect(await kind('mp4ff_v300_multiple_segments.mp4')).toBe('mp4');
    expect(await kind('hls-fmp4/init.mp4', 'init')).toBe('init');
    expect(await kind('hls-fmp4/playlist0.m4s')).toBe('mp4');
    await expect(kind('androidx_sample_mdat_too_long.mp4')).rejects.toMatchObject({ code: 'media' });
    await expect(kind('hls-ts/manifest.m3u8')).rejects.toMatchObject({ code: 'media', message: /playlist/ });
  });

  it.each(['hls-ts/manifest.m3u8', 'hls-fmp4/playlist.m3u8'])(
    '%s is leased from http and from the disk',
    async (name) => {
      await using world = await cacheWorld();
      await serveFolder(world, path.dirname(path.join(shared, name)));
      const cache = await world.open();
      for (const uri of [`${world.origin.url}/${path.basename(name)}`, path.join(shared, name)]) {
        const archive = await archiveAt(uri, world.fetcher);
        const held = await cache.lease({ archive, fromMs: 0, toMs: 1000, purpose: 'refine' });
        for (const frames of await framesOf(held)) expect(frames).toBeGreaterThan(0);
      }
    },
  );
});
