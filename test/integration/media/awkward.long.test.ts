import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { inspectArchive } from '../../../src/adapters/ffmpeg/probe.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import type { EditPlan } from '../../../src/domain/editplan.ts';
import type { LeasedPart } from '../../../src/ports/mediacache.ts';
import { frameNumbers } from '../../support/frames.ts';
import { makeHls, makeMedia } from '../../support/media.ts';
import { filePart, leasedParts, plan } from '../../support/mediaparts.ts';

let root = '';
let tools = { ffmpeg: '', ffprobe: '' };
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-awkward-'));
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
});
afterAll(() => rm(root, { recursive: true, force: true }));

const folder = (): Promise<string> => mkdtemp(join(root, `${count++}-`));
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

async function render(parts: readonly LeasedPart[], edit: EditPlan) {
  const output = await ffmpegRenderer(tools).render({ plan: edit, parts, folder: await folder(), deadlineMs: 60_000 });
  return { ...output, numbers: await frameNumbers(tools.ffmpeg, output.video) };
}

describe('a clip has the right frames', () => {
  it('from an hour-like file, without reading it from its start, by both presets', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'long.mp4'), { seconds: 60, gop: 100, bFrames: 2 });
    const parts = [filePart(path, 60_000)];
    expect((await render(parts, plan('source', 41_000, 43_000))).numbers).toEqual(from(1025, 1074));
    const copied = await render(parts, plan('copy', 41_000, 43_000));
    expect(copied.numbers.slice(0, 75)).toEqual(from(1000, 1074));
    expect(copied.headMs).toBe(1000);
  });

  it('where key frames lie close together', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'dense.mp4'), { seconds: 30, gop: 3, bFrames: 2 });
    for (const preset of ['source', 'copy'] as const) {
      const clip = await render([filePart(path, 30_000)], plan(preset, 24_960, 25_960, { peakMs: 25_400 }));
      const head = Math.round(clip.headMs / 40);
      expect(clip.numbers.slice(head, head + 25)).toEqual(from(624, 648));
      expect(await frameNumbers(tools.ffmpeg, clip.poster)).toEqual([635]);
    }
  });

  it('from a long file in fragments, where ffmpeg gives other times after it sought', async () => {
    const options = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof'];
    // Its edit list moves all frames but the first by the encoder's 23 ms of priming sound.
    const path = await makeMedia(tools.ffmpeg, join(root, 'fragments.mp4'), { seconds: 40, gop: 50, options });
    expect((await render([filePart(path, 40_000)], plan('source', 31_030, 32_030))).numbers).toEqual(from(775, 800));
  });

  it('where the timeline breaks, by both presets', async () => {
    const spec = { type: 'mpegts', segmentSeconds: 2, gop: 50 } as const;
    const before = await leasedParts(await makeHls(tools.ffmpeg, await folder(), { ...spec, seconds: 4 }));
    const options = ['-output_ts_offset', '5000'];
    const second = await makeHls(tools.ffmpeg, await folder(), { ...spec, seconds: 4, firstFrame: 1000, options });
    const after = (await leasedParts(second)).map((part, index) => ({
      ...part,
      startMs: part.startMs + 4000,
      discontinuity: index === 0,
    }));
    const parts = [...before, ...after];
    const wanted = [...from(75, 99), ...from(1000, 1024)];
    expect((await render(parts, plan('source', 3000, 5000))).numbers).toEqual(wanted);
    const copied = await render(parts, plan('copy', 3000, 5000));
    expect(copied.numbers.slice(25, 75)).toEqual(wanted);
    expect(copied.headMs).toBe(1000);
  });

  it('where the 33-bit clock of a transport stream wraps', async () => {
    // 2^33 / 90000 s is 95443.718 s; with the muxer's own 1.4 s the wrap falls into the third second.
    const options = ['-output_ts_offset', '95440'];
    const made = await makeHls(tools.ffmpeg, await folder(), {
      type: 'mpegts',
      segmentSeconds: 2,
      seconds: 6,
      options,
    });
    const parts = await leasedParts(made);
    expect((await render(parts, plan('source', 1000, 5000))).numbers).toEqual(from(25, 124));
    expect((await render(parts, plan('copy', 1000, 5000))).numbers.slice(0, 100)).toEqual(from(25, 124));
  });

  it('from a file whose clock starts late', async () => {
    const options = ['-output_ts_offset', '10'];
    const path = await makeMedia(tools.ffmpeg, join(root, 'late.ts'), { seconds: 4, options });
    expect((await render([filePart(path, 4000)], plan('source', 1000, 2000))).numbers).toEqual(from(25, 49));
  });
});

describe('media that cannot be cut', () => {
  it('from an AVI, which does not tell when a frame is shown', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'old.avi'), { seconds: 30, gop: 50 });
    const { numbers } = await render([filePart(path, 30_000)], plan('source', 24_000, 26_000));
    const [first = 0] = numbers;
    // Its clock counts in frames, and may begin a frame late.
    expect(Math.abs(first - 600)).toBeLessThanOrEqual(1);
    expect(numbers).toEqual(from(first, first + 49));
  });

  it('and says how long it is, also where the sound goes on after the last frame', async () => {
    // Every fifth frame, so that the last of the span is shown for as long as five.
    const options = ['-vf', "select='not(mod(n\\,5))'", '-vsync', 'vfr'];
    const path = await makeMedia(tools.ffmpeg, join(root, 'slow.mkv'), { seconds: 12, options });
    const { video, durationMs } = await render([filePart(path, 12_000)], plan('source', 4_000, 6_000));
    expect(durationMs / 1000).toBeCloseTo((await inspectArchive(tools.ffprobe, video)).durationMs / 1000, 1);
    expect(durationMs).toBeGreaterThan(1_950);
  });

  it('without a picture is refused in words', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'sound.m4a'), { seconds: 3, picture: false });
    const sound = render([filePart(path, 3000)], plan('source', 500, 1500));
    await expect(sound).rejects.toMatchObject({ code: 'media', message: expect.stringContaining('no picture') });
    await expect(inspectArchive(tools.ffprobe, path)).resolves.toMatchObject({ hasVideo: false, hasAudio: true });
  });

  it('that is cut off behind its header is known as empty', async () => {
    const options = ['-movflags', '+faststart'];
    const whole = await makeMedia(tools.ffmpeg, join(root, 'whole.mp4'), { seconds: 4, options });
    const bytes = await readFile(whole);
    const cut = join(root, 'cut.mp4');
    await writeFile(cut, bytes.subarray(0, bytes.indexOf('mdat') + 4));
    await expect(inspectArchive(tools.ffprobe, cut)).rejects.toMatchObject({ code: 'media' });
  });

  it('is told from a playlist in disguise, which is not opened', async () => {
    const path = join(root, 'playlist.mp4');
    await writeFile(path, '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n');
    await expect(inspectArchive(tools.ffprobe, path)).rejects.toMatchObject({ code: 'media' });
    await expect(render([filePart(path, 3000)], plan('source', 0, 1000))).rejects.toMatchObject({ code: 'media' });
  });

  it('leaves no file when it is called off', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'off.mp4'), { seconds: 4 });
    const empty = await folder();
    const call = { plan: plan('source', 0, 4000), parts: [filePart(path, 4000)], folder: empty, deadlineMs: 60_000 };
    const controller = new AbortController();
    const running = ffmpegRenderer(tools).render({
      ...call,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(empty)).toEqual([]);
  });
});

const real = resolve(import.meta.dirname, '../../../../shared/media');

describe.skipIf(!existsSync(real))('real files with odd properties (../shared/media)', () => {
  it.each([
    [
      'androidx_sample_fragmented.mp4',
      'whose header claims 143,165 s',
      { hasVideo: true, hasAudio: true, durationMs: 1001 },
    ],
    ['androidx_sample_empty_track.mp4', 'with an empty second picture track', { hasVideo: true, hasAudio: true }],
    [
      'androidx_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4',
      'that starts at 10 s',
      { startMs: 10_000, durationMs: 4000 },
    ],
    ['androidx_long_1080p_videoonly_lowbitrate.mp4', 'without sound', { hasAudio: false, durationMs: 362_767 }],
    ['androidx_sample_rotate_and_reflect.mp4', 'that is turned', { video: expect.objectContaining({ rotation: 90 }) }],
    ['muxjs_test-middle-pat-pmt.ts', 'whose clock starts after 16 hours', { hasVideo: true, hasAudio: true }],
  ])('%s, %s, is known for what it is', async (name, _, expected) => {
    expect(await inspectArchive(tools.ffprobe, join(real, name))).toMatchObject(expected);
  });

  it.each([
    'androidx_sample_fragmented.mp4',
    'androidx_sample_empty_track.mp4',
    'androidx_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4',
    'androidx_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4',
    'androidx_sample_rotate_and_reflect.mp4',
    'androidx_sample_shorter_audio.mp4',
    'androidx_sample.mkv',
    'muxjs_test-segment.ts',
  ])('%s gives clips by both presets', async (name) => {
    const path = join(real, name);
    const info = await inspectArchive(tools.ffprobe, path);
    for (const preset of ['source', 'copy'] as const) {
      const edit = plan(preset, 300, Math.min(info.durationMs, 900));
      const call = { plan: edit, parts: [filePart(path, info.durationMs)], folder: await folder(), deadlineMs: 60_000 };
      const clip = await ffmpegRenderer(tools).render(call);
      expect(clip.durationMs - clip.headMs).toBeGreaterThan(400);
    }
  });

  it('androidx_sample_edit_list.mp4, whose first key frame is not shown, is encoded, and not copied with frames missing', async () => {
    const path = join(real, 'androidx_sample_edit_list.mp4');
    const call = { parts: [filePart(path, 2568)], deadlineMs: 60_000 };
    const renderer = ffmpegRenderer(tools);
    const exact = await renderer.render({ ...call, plan: plan('source', 300, 900), folder: await folder() });
    expect(exact.durationMs).toBeGreaterThan(550);
    const copied = renderer.render({ ...call, plan: plan('copy', 300, 900), folder: await folder() });
    await expect(copied).rejects.toMatchObject({ code: 'media', hint: 'use the preset source' });
  });
});
