import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packet, probe } from '../../../src/adapters/ffmpeg/ffprobe.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { readMovie } from '../../../src/adapters/ffmpeg/moviefile.ts';
import { probedWindow } from '../../../src/adapters/ffmpeg/probedwindow.ts';
import { fileUri } from '../../../src/adapters/ffmpeg/source.ts';
import { tableWindow } from '../../../src/adapters/ffmpeg/tablewindow.ts';
import type { SourceWindow } from '../../../src/adapters/ffmpeg/window.ts';
import { type MediaSpec, makeMedia } from '../../support/media.ts';

let root = '';
let tools = { ffmpeg: '', ffprobe: '' };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-tables-'));
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What counts of packets, in microseconds: what is shown, when, and where one can begin. */
const essence = (packets: readonly Packet[]) =>
  packets.filter(({ discard }) => !discard).map(({ pts, key }) => [Math.round((pts ?? -1) * 1e6), key]);

async function byFfprobe(path: string): Promise<Map<number, unknown>> {
  const packets: Packet[] = [];
  const onPacket = (packet: Packet): number => packets.push(packet);
  const ask = { ffprobe: tools.ffprobe, uri: fileUri(path), name: path, intervals: '%+10000000', onPacket };
  const { streams } = await probe(ask);
  return new Map(streams.map(({ index }) => [index, essence(packets.filter(({ stream }) => stream === index))]));
}

async function byTables(path: string): Promise<Map<number, unknown> | undefined> {
  return readMovie(path, (tracks) => new Map(tracks.map(({ index, samples }) => [index, essence([...samples()])])));
}

const kinds: (MediaSpec & { readonly name: string })[] = [
  { name: 'frames in another order than they are shown', seconds: 4, bFrames: 2, gop: 30 },
  { name: '29.97 frames a second', seconds: 4, rate: [30000, 1001], bFrames: 1 },
  { name: 'its index in front', seconds: 3, options: ['-movflags', '+faststart'] },
  { name: 'no sound', seconds: 3, sound: false },
  { name: 'no picture', seconds: 3, picture: false },
  { name: 'nothing to show at first', seconds: 3, options: ['-output_ts_offset', '1.5'] },
  { name: 'no edit list', seconds: 3, bFrames: 2, options: ['-use_editlist', '0'] },
];

describe("the tables of an MP4 say what ffprobe's packets say", () => {
  it.each(kinds)('where it has $name', async ({ name, ...spec }) => {
    const path = await makeMedia(
      tools.ffmpeg,
      join(root, `${kinds.findIndex((kind) => kind.name === name)}.mp4`),
      spec,
    );
    expect(await byTables(path)).toEqual(await byFfprobe(path));
  });

  it('and is left to ffprobe where its edit list begins before its first picture, which ffmpeg makes up for', async () => {
    const path = await makeMedia(tools.ffmpeg, join(root, 'early.mp4'), { seconds: 6, bFrames: 2, sound: false });
    const bytes = await readFile(path);
    const mediaTime = bytes.indexOf('elst') + 16;
    expect(bytes.readInt32BE(mediaTime)).toBeGreaterThan(0);
    bytes.writeInt32BE(0, mediaTime);
    await writeFile(path, bytes);
    expect(await tableWindow(request(path, 500, 900))).toBeUndefined();
  });

  it('and is left to ffprobe where it is in fragments, or where its samples lie beyond its end', async () => {
    const options = ['-movflags', 'frag_keyframe+empty_moov'];
    const fragments = await makeMedia(tools.ffmpeg, join(root, 'fragments.mp4'), { seconds: 2, options });
    expect(await byTables(fragments)).toBeUndefined();
    const whole = await readFile(await makeMedia(tools.ffmpeg, join(root, 'whole.mp4'), { ...kinds[2], seconds: 2 }));
    const cut = join(root, 'cut.mp4');
    await writeFile(cut, whole.subarray(0, whole.length - 100));
    expect(await byTables(cut)).toBeUndefined();
  });
});

/** What a cut depends on; of frames those around the span, as one may look further than the other. */
function decisive({ uri: _, frames, bytes: __, sought: ___, sound: ____, video, audio, ...window }: SourceWindow) {
  const track = (of: SourceWindow['video']) => [of.index, of.codec, of.timeBase, of.sampleRate, of.rotation];
  const near = frames.filter(({ pts }) => pts >= window.startSec - 0.5 && pts <= window.endSec + 0.5);
  return {
    ...Object.fromEntries(Object.entries(window).map(([name, value]) => [name, Number(value).toFixed(4)])),
    video: track(video),
    audio: audio && track(audio),
    frames: near.map(({ pts, key }) => [pts.toFixed(4), key]),
    begins: frames.some(({ key, pts }) => key && pts <= window.startSec),
  };
}

const request = (path: string, startMs: number, endMs: number) => ({
  ffprobe: tools.ffprobe,
  run: { paths: [path], startMs: 0, endMs: 100_000 },
  startMs,
  endMs,
});

async function expectSameWindow(path: string, startMs: number, endMs: number): Promise<void> {
  const tables = await tableWindow(request(path, startMs, endMs));
  expect(tables && decisive(tables)).toEqual(decisive(await probedWindow(request(path, startMs, endMs))));
}

it('a window is the same by tables and by ffprobe, near the start, far from it and over the end', async () => {
  const path = await makeMedia(tools.ffmpeg, join(root, 'long.mp4'), { seconds: 60, gop: 400, bFrames: 2 });
  for (const [startMs, endMs] of [
    [0, 2000],
    [300, 900],
    [41_000, 43_000],
    [58_000, 62_000],
  ] as const) {
    await expectSameWindow(path, startMs, endMs);
  }
});

it('no damage to tables does more than to leave a file to ffprobe', async () => {
  const options = ['-movflags', '+faststart'];
  const whole = await readFile(await makeMedia(tools.ffmpeg, join(root, 'd.mp4'), { seconds: 2, bFrames: 2, options }));
  const [from, to] = [whole.indexOf('moov') - 4, whole.indexOf('mdat') - 4];
  const path = join(root, 'damaged.mp4');
  const damage = fc.array(fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(damage, async (bytes) => {
      const damaged = Buffer.from(whole);
      for (const [at, value] of bytes) damaged[at] = value;
      await writeFile(path, damaged);
      const read = await readMovie(path, (tracks) => tracks.map(({ samples }) => [...samples()].length));
      expect(read === undefined || read.length <= 2).toBe(true);
      const window = await tableWindow(request(path, 500, 900));
      expect(window?.frames.every(({ pts }) => Number.isFinite(pts)) ?? true).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const real = resolve(import.meta.dirname, '../../../../shared/media');
const unusual = [
  'androidx_sample_edit_list.mp4',
  'androidx_sample_edit_list_only_preroll_sync_sample.mp4',
  'androidx_sample_empty_track.mp4',
  'androidx_sample_fragmented.mp4',
  'androidx_sample_partially_fragmented.mp4',
  'androidx_sample_rotate_and_reflect.mp4',
  'mp4ff_v300_multiple_segments.mp4',
];

describe.skipIf(!existsSync(real))('real MP4 files (../shared/media)', () => {
  const names = existsSync(real) ? readdirSync(real).filter((name) => name.endsWith('.mp4')) : [];

  it.each(names.filter((name) => !unusual.includes(name)))('%s gives the same window by its tables', async (name) => {
    await expectSameWindow(join(real, name), 300, 800);
  });

  it.each(unusual)('%s is left to ffprobe', async (name) => {
    expect(await tableWindow(request(join(real, name), 300, 800))).toBeUndefined();
  });
});
