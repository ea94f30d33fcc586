import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPackets } from '../../../src/adapters/ffmpeg/check.ts';
import { readClip } from '../../../src/adapters/ffmpeg/clipfile.ts';
import { expectation } from '../../../src/adapters/ffmpeg/expectation.ts';
import { isFaithful } from '../../../src/adapters/ffmpeg/faithful.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { piecesOf } from '../../../src/adapters/ffmpeg/pieces.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import { makeMedia } from '../../support/media.ts';
import { filePart, plan } from '../../support/mediaparts.ts';

const root = mkdtempSync(join(tmpdir(), 'cliptide-check-'));
afterAll(() => rmSync(root, { recursive: true }));

const bounds = { deadlineMs: 60_000 };
const source = join(root, 'source.mp4');
const clip = join(root, 'clip.mp4');
let tools = { ffmpeg: '', ffprobe: '' };

/** Twenty seconds with B-frames, and the two from the tenth on copied. */
beforeAll(async () => {
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
  await makeMedia(tools.ffmpeg, source, { seconds: 14, bFrames: 2 });
  await ffmpegRenderer(tools).render({ ...request(), folder: root });
});

const request = () => ({
  plan: plan('copy', 10_000, 12_000),
  parts: [filePart(source, 14_000)],
  ...bounds,
  folder: root,
});

async function piece() {
  const [only] = await piecesOf(tools, request(), bounds);
  if (only === undefined) throw new Error('no piece');
  return only;
}

/** The clip written again with these options. */
function altered(name: string, options: readonly string[], input: readonly string[] = []): string {
  const path = join(root, name);
  const output = ['-c', 'copy', ...options, '-movflags', '+faststart', path];
  execFileSync(tools.ffmpeg, ['-v', 'error', '-nostdin', '-y', ...input, '-i', clip, ...output]);
  return path;
}

async function check(path: string): Promise<number> {
  return checkPackets(await readClip(tools, path, bounds), expectation([await piece()], 'copy'));
}

const drop = (condition: string): string[] => ['-bsf:v', `noise=drop='${condition}'`];

describe('a clip is held against what was asked for', () => {
  it('and passes as it was cut, and as it is written again', async () => {
    expect(await check(clip)).toBeCloseTo(2, 1);
    expect(await check(altered('again.mp4', []))).toBeCloseTo(2, 1);
    // Else the tests below would not be of our own reading.
    expect((await readClip(tools, clip, bounds)).map(({ bytes }) => bytes?.samples.length)).toEqual([50, 87]);
  });

  it.each<[string, string[], string[], RegExp]>([
    ['one frame is missing', drop('gt(pts*tb,0.99)*lt(pts*tb,1.01)'), [], /49 frames instead of 50/],
    ['its last frames are missing', drop('gt(pts*tb,1.9)'), [], /frames instead of 50/],
    ['a frame is moved', ['-bsf:v', "setts=pts='PTS+eq(N,20)*200'"], [], /frame \d+ lies at/],
    ['it begins later', [], ['-itsoffset', '0.5'], /frame 1 lies at 0\.500 s instead of 0\.000 s/],
    ['its first frames are hidden', [], ['-ss', '1.5'], /frames instead of 50/],
    ['it has no sound', ['-an'], [], /it has no sound/],
    ['its sound ends early', ['-bsf:a', "noise=drop='gt(pts*tb,1.5)'"], [], /its sound lasts from/],
    ['it has two picture tracks', ['-map', '0:v', '-map', '0:v', '-map', '0:a'], [], /exactly one picture track/],
  ])('and is refused where %s', async (what, options, input, message) => {
    const path = altered(`${what.replaceAll(' ', '-')}.mp4`, options, input);
    const refusal = { code: 'media', message: expect.stringMatching(message), where: undefined };
    await expect(check(path), 'the file is gone when a person reads of it').rejects.toMatchObject(refusal);
  });

  it('and is refused where it breaks off', async () => {
    const path = join(root, 'short.mp4');
    const whole = readFileSync(clip);
    writeFileSync(path, whole.subarray(0, whole.length - 2000));
    await expect(check(path)).rejects.toMatchObject({ code: 'media' });
  });
});

describe("a copy is faithful where it holds the source's own bytes", () => {
  const faithful = async (path: string): Promise<boolean> =>
    isFaithful(path, await readClip(tools, path, bounds), await piece());

  it('as one that ffmpeg made does', async () => {
    expect(await faithful(clip)).toBe(true);
    expect(await faithful(altered('rewritten.mp4', []))).toBe(true);
  });

  it.each(['video', 'audio'] as const)('and not where one byte of its %s differs', async (kind) => {
    const tracks = await readClip(tools, clip, bounds);
    const sample = tracks.find((track) => track.kind === kind)?.bytes?.samples[30];
    const bytes = readFileSync(clip);
    const at = (sample?.offset ?? 0) + (sample?.size ?? 0) - 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    const path = join(root, `${kind}.mp4`);
    writeFileSync(path, bytes);
    expect(await faithful(path)).toBe(false);
  });

  it('and not where it lacks a frame, or has a hole in its sound', async () => {
    expect(await faithful(altered('fewer.mp4', drop('gte(n,49)')))).toBe(false);
    const hole = ['-bsf:a', "noise=drop='gt(pts*tb,0.9)*lt(pts*tb,1.1)'"];
    expect(await faithful(altered('hole.mp4', hole))).toBe(false);
  });

  it('and not where its sound is moved', async () => {
    const later = ['-bsf:a', "setts=ts='if(gt(PTS*TB,1),PTS+0.1/TB,PTS)'"];
    expect(await faithful(altered('moved.mp4', later))).toBe(false);
  });

  it('and not where a decoder is told other things', async () => {
    const bytes = readFileSync(clip);
    // Behind the configuration's version: the profile.
    const profile = bytes.indexOf('avcC') + 5;
    bytes.writeUInt8(bytes.readUInt8(profile) ^ 1, profile);
    const path = join(root, 'told.mp4');
    writeFileSync(path, bytes);
    expect(await faithful(path)).toBe(false);
  });
});
