import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import type { EditPlan } from '../../../src/domain/editplan.ts';
import type { LeasedPart } from '../../../src/ports/mediacache.ts';
import type { RenderOutput } from '../../../src/ports/renderer.ts';
import { clickTimes, frameNumbers } from '../../support/frames.ts';
import { type MediaSpec, makeHls, makeMedia } from '../../support/media.ts';
import { filePart, leasedParts, plan } from '../../support/mediaparts.ts';

let root = '';
let tools = { ffmpeg: '', ffprobe: '' };
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-render-'));
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
});
afterAll(() => rm(root, { recursive: true, force: true }));

const folder = (): Promise<string> => mkdtemp(join(root, `${count++}-`));

interface Rendered extends RenderOutput {
  readonly numbers: readonly (number | undefined)[];
}

async function render(parts: readonly LeasedPart[], edit: EditPlan): Promise<Rendered> {
  const output = await ffmpegRenderer(tools).render({ plan: edit, parts, folder: await folder(), deadlineMs: 60_000 });
  return { ...output, numbers: await frameNumbers(tools.ffmpeg, output.video) };
}

const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

type Made = (spec: MediaSpec) => Promise<LeasedPart[]>;
const file: Made = async (spec) => [
  filePart(await makeMedia(tools.ffmpeg, join(await folder(), 'vod.mp4'), spec), spec.seconds * 1000),
];
const hls =
  (type: 'mpegts' | 'fmp4'): Made =>
  async (spec) =>
    leasedParts(await makeHls(tools.ffmpeg, await folder(), { ...spec, type, segmentSeconds: 2 }));

describe.each([
  { name: 'a file', make: file },
  { name: 'TS segments', make: hls('mpegts') },
  { name: 'fMP4 segments', make: hls('fmp4') },
])('a clip from $name', ({ make }) => {
  let made: Promise<LeasedPart[]> | undefined;
  const ordinary = (): Promise<LeasedPart[]> => {
    made ??= make({ seconds: 8, bFrames: 2, gop: 50 });
    return made;
  };

  it('has exactly the frames of its span, at 25 frames a second with B-frames', async () => {
    const parts = await ordinary();
    const exact = await render(parts, plan('source', 2520, 5480));
    expect(exact.numbers).toEqual(from(63, 136));
    expect(exact.headMs).toBe(0);
    expect(exact.durationMs).toBe(2960);
    const copied = await render(parts, plan('copy', 2520, 5480));
    expect(copied.numbers[0]).toBe(50);
    expect(copied.numbers.slice(13, 13 + 74)).toEqual(from(63, 136));
    expect(copied.headMs).toBe(520);
  });

  it('has exactly the frames of its span at 29.97 frames a second', async () => {
    const parts = await make({ seconds: 8, rate: [30000, 1001], gop: 60, bFrames: 1 });
    // Frame n lies at n * 1001 / 30 ms: 90 at 3003, 149 at 4971.6.
    const exact = await render(parts, plan('source', 3003, 4980));
    expect(exact.numbers).toEqual(from(90, 149));
    const copied = await render(parts, plan('copy', 3003, 4980));
    expect(copied.numbers[0]).toBe(60);
    expect(copied.numbers.slice(30, 30 + 60)).toEqual(from(90, 149));
    expect(copied.headMs).toBe(1001);
  });

  it('has the picture of its peak as its poster', async () => {
    for (const preset of ['source', 'copy'] as const) {
      const { poster } = await render(await ordinary(), plan(preset, 2520, 5480, { peakMs: 4210 }));
      expect(await frameNumbers(tools.ffmpeg, poster)).toEqual([106]);
    }
  });

  it('keeps the sound with the picture', async () => {
    const parts = await ordinary();
    const exact = await render(parts, plan('source', 1400, 4800));
    const clicks = await clickTimes(tools.ffmpeg, exact.video);
    expect(clicks.map((time) => Math.round(time * 100) / 100)).toEqual([0.6, 1.6, 2.6]);
    const copied = await render(parts, plan('copy', 2400, 4800));
    const later = await clickTimes(tools.ffmpeg, copied.video);
    for (const [index, time] of later.slice(-2).entries()) expect(time).toBeCloseTo(index + 1, 1);
  });

  it('works without sound', async () => {
    const parts = await make({ seconds: 4, sound: false });
    const exact = await render(parts, plan('source', 1000, 2000, { hasAudio: false }));
    expect(exact.numbers).toEqual(from(25, 49));
  });
});

describe('what the renderer leaves in its folder', () => {
  it('is a video and a poster, and nothing when it fails', async () => {
    const parts = await file({ seconds: 4 });
    const good = await folder();
    await ffmpegRenderer(tools).render({ plan: plan('source', 1000, 2000), parts, folder: good, deadlineMs: 60_000 });
    expect((await readdir(good)).sort()).toEqual(['clip.mp4', 'poster.jpg']);
    const bad = await folder();
    const late = ffmpegRenderer(tools).render({
      plan: plan('source', 9000, 12000),
      parts,
      folder: bad,
      deadlineMs: 60_000,
    });
    await expect(late).rejects.toMatchObject({ code: 'media-gone' });
    expect(await readdir(bad)).toEqual([]);
  });
});
