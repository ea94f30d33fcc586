import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ffmpegAnalyzer } from '../../../src/adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { makeHls, makeMedia } from '../../support/media.ts';
import { filePart, leasedParts } from '../../support/mediaparts.ts';

let root = '';
let tools = { ffmpeg: '', ffprobe: '' };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-analyze-'));
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('finds the silence and the cuts of later segments at their archive time', async () => {
  const spec = { seconds: 12, gop: 50, silent: [[6.3, 7.9]] as const, cuts: [5, 9] };
  const made = await makeHls(tools.ffmpeg, join(root, 'hls'), { ...spec, type: 'mpegts', segmentSeconds: 2 });
  const parts = await leasedParts(made, 2);
  const found = await ffmpegAnalyzer(tools).analyze(parts, { fromMs: 4000, toMs: 12_000 });
  expect(found.sceneCuts.map((ms) => Math.round(ms / 200) / 5)).toEqual([5, 9]);
  expect(found.silences).toHaveLength(1);
  expect(found.silences[0]?.fromMs).toBeGreaterThan(6200);
  expect(found.silences[0]?.fromMs).toBeLessThan(6500);
  expect(found.silences[0]?.toMs).toBeGreaterThan(7800);
  expect(found.silences[0]?.toMs).toBeLessThan(8050);
});

it('finds nothing to cut at in a file without sound and without cuts, and looks only at the span', async () => {
  const path = await makeMedia(tools.ffmpeg, join(root, 'mute.mp4'), { seconds: 4, sound: false, cuts: [3.5] });
  const found = await ffmpegAnalyzer(tools).analyze([filePart(path, 4000)], { fromMs: 0, toMs: 3000 });
  expect(found).toEqual({ silences: [], sceneCuts: [] });
});
