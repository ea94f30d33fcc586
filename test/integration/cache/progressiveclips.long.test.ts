import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { bothClips, type MovieTools, movieAt, type Span, serveMovie, withoutNoise } from '../../support/httpmovies.ts';
import { type MediaSpec, makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/media');
let tools: MovieTools = { ffmpeg: '', ffprobe: '' };
let root = '';

beforeAll(async () => {
  const [ffmpeg, ffprobe] = await Promise.all([locateTool('ffmpeg'), locateTool('ffprobe')]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
  root = await mkdtemp(path.join(tmpdir(), 'cliptide-progressive-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Frames that do not follow at equal distances. */
const uneven = ['-vf', "setpts='PTS+if(gt(mod(N,7),3),0.013/TB,0)'", '-fps_mode', 'vfr'];

const made: (MediaSpec & { readonly name: string; readonly extension?: string })[] = [
  { name: 'its index at the end', seconds: 12 },
  {
    name: 'its index in front, and frames in another order',
    seconds: 12,
    bFrames: 2,
    options: ['-movflags', '+faststart'],
  },
  { name: '29.97 frames a second in GOPs of odd length', seconds: 12, rate: [30000, 1001], gop: 37, bFrames: 1 },
  { name: 'frames at uneven distances', seconds: 12, bFrames: 2, options: uneven },
  { name: 'open GOPs', seconds: 12, bFrames: 2, options: ['-x264-params', 'open-gop=1:keyint=30'] },
  { name: 'nothing to show at first', seconds: 12, options: ['-output_ts_offset', '1.5'] },
  { name: 'no edit list', seconds: 12, bFrames: 2, options: ['-use_editlist', '0'] },
  { name: 'no sound', seconds: 12, sound: false },
  { name: 'two sound tracks', seconds: 12, options: ['-map', '0:v', '-map', '1:a', '-map', '1:a'] },
  { name: 'pictures and sound in turns of four seconds', seconds: 14, options: ['-chunk_duration', '4000000'] },
  { name: 'only key frames', seconds: 6, gop: 1 },
  { name: 'the form of QuickTime', seconds: 12, bFrames: 1, extension: 'mov' },
];

/** In the middle of GOPs, and from one key frame to another. */
const spans: readonly Span[] = [
  { fromMs: 3210, toMs: 5790 },
  { fromMs: 2000, toMs: 4000 },
];

/** `isProbed`: of a file whose tables ffprobe has to read, a short one is decoded from its very start. */
async function compare(file: string, spansOf: readonly Span[], isProbed = false): Promise<void> {
  await using world = await cacheWorld({ limits: { stallMs: 20_000 } });
  const cache = await world.open();
  const archive = await movieAt(cache, await serveMovie(world.origin, file));
  for (const span of spansOf) {
    for (const preset of ['copy', 'source'] as const) {
      const { local, remote, lease } = await bothClips({ ...tools, root, cache }, file, archive, preset, span);
      const essence = isProbed && preset === 'source' ? withoutNoise : (clip: typeof local) => clip;
      expect({ span, preset, ...essence(remote) }).toEqual({ span, preset, ...essence(local) });
      expect(lease.bytesNeeded).toBeGreaterThan(0);
    }
  }
  expect((await world.usage()).reserved).toBe(0);
}

describe('a clip from an MP4 by http is the one from the file on the disk, packet for packet', () => {
  it.each(made)(
    'where it has $name',
    async ({ name, extension = 'mp4', ...spec }) => {
      const file = path.join(root, `${made.findIndex((one) => one.name === name)}.${extension}`);
      await compare(await makeMedia(tools.ffmpeg, file, spec), spans, extension === 'mov');
    },
    120_000,
  );
});

const real: readonly (readonly [string, Span])[] = [
  ['androidx_long_1080p_lowbitrate.mp4', { fromMs: 200_150, toMs: 203_000 }],
  ['androidx_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4', { fromMs: 1500, toMs: 3100 }],
  ['androidx_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4', { fromMs: 500, toMs: 2500 }],
  ['androidx_sample.mp4', { fromMs: 200, toMs: 900 }],
  ['androidx_sample_edit_list.mp4', { fromMs: 1700, toMs: 2500 }],
  ['androidx_sample_portrait.mp4', { fromMs: 200, toMs: 900 }],
  ['androidx_sample_rotate_and_reflect.mp4', { fromMs: 200, toMs: 900 }],
  ['androidx_sample_shorter_audio.mp4', { fromMs: 300, toMs: 1000 }],
  ['androidx_sample_without_stss.mp4', { fromMs: 300, toMs: 800 }],
  ['androidx_sample_empty_track.mp4', { fromMs: 200, toMs: 900 }],
  ['androidx_trim_optimization_failure.mp4', { fromMs: 2100, toMs: 4300 }],
  ['mp4ff_bbb_prog_10s.mp4', { fromMs: 3210, toMs: 7000 }],
];

describe('the same of real files', () => {
  for (const [name, span] of real) {
    const file = path.join(shared, name);
    const isThere = existsSync(file);
    it.skipIf(!isThere)(isThere ? name : `${name} is not there`, () => compare(file, [span]), 120_000);
  }
});
