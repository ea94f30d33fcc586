import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAt, lookAtSource } from '../../../src/adapters/ffmpeg/impression.ts';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { piecesOf } from '../../../src/adapters/ffmpeg/pieces.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import { filePart, plan } from '../../support/mediaparts.ts';

const root = mkdtempSync(join(tmpdir(), 'cliptide-darkness-'));
afterAll(() => rmSync(root, { recursive: true }));

const bounds = { deadlineMs: 60_000 };
const path = join(root, 'dark.mp4');
const parts = [filePart(path, 8_000)];
let tools = { ffmpeg: '', ffprobe: '' };

/** Picture and tone for 2 s, then neither for 4 s, then both again; a key frame every 0.4 s. */
beforeAll(async () => {
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  tools = { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
  const dark = "enable='between(t,2,5.999)'";
  const picture = `testsrc=size=160x90:rate=25:duration=8,drawbox=color=black:t=fill:${dark}`;
  const sound = `sine=frequency=300:duration=8,volume=0:${dark}`;
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac'];
  execFileSync(tools.ffmpeg, ['-v', 'error', '-nostdin', ...inputs, ...codecs, path]);
});

async function render(preset: 'source' | 'copy', fromMs: number, toMs: number) {
  const folder = join(root, `${preset}-${fromMs}`);
  mkdirSync(folder);
  return ffmpegRenderer(tools).render({ ...bounds, plan: plan(preset, fromMs, toMs), parts, folder });
}

describe('a clip is not taken for a broken one', () => {
  it('where it begins with black and goes on with a picture', async () => {
    expect((await render('source', 5_800, 8_000)).durationMs).toBe(2_200);
    expect((await render('copy', 5_800, 8_000)).headMs).toBe(200);
  });

  it('where the broadcast itself is black and silent, although it was not before', async () => {
    expect((await render('source', 2_200, 5_800)).durationMs).toBe(3_600);
    // The sound's last frame reaches up to 24 ms beyond the picture.
    expect(Math.abs((await render('copy', 2_400, 5_600)).durationMs - 3_212)).toBeLessThanOrEqual(12);
  });
});

it('a black or silent clip is known by its source: only the span that was cut counts', async () => {
  const seen = async (fromMs: number, toMs: number) => {
    const request = { plan: plan('source', fromMs, toMs), parts, folder: root, deadlineMs: 60_000 };
    const [piece] = await piecesOf(tools, request, bounds);
    if (piece === undefined) throw new Error('no piece');
    return lookAtSource(tools, piece, bounds);
  };
  expect(await seen(0, 1_500)).toMatchObject({ black: false, silent: false });
  expect(await seen(2_200, 5_800)).toMatchObject({ black: true, silent: true });
  expect(await seen(5_800, 6_400)).toMatchObject({ black: false, silent: false });
});

describe('a look at a clip', () => {
  const look = (clip: string, peakSec: number) =>
    lookAt(tools, { path: clip, hasAudio: true, peakSec }, join(root, 'look.jpg'), bounds);
  const part = (name: string, ...cut: string[]): string => {
    const target = join(root, name);
    execFileSync(tools.ffmpeg, ['-v', 'error', '-nostdin', '-y', ...cut, '-i', path, target]);
    return target;
  };

  it('finds neither darkness nor silence, whether its peak is bright and loud or not', async () => {
    expect(await look(path, 1)).toMatchObject({ black: false, silent: false });
    expect(await look(path, 4)).toMatchObject({ black: false, silent: false });
  });

  it('finds both where there is nothing else', async () => {
    expect(await look(part('nothing.mp4', '-ss', '2.4', '-t', '3'), 1)).toMatchObject({ black: true, silent: true });
  });

  it('finds the one picture that is not black', async () => {
    // Bright from the fifth of its frames on, with one key frame.
    const clip = part('end.mp4', '-ss', '5.8', '-t', '0.4');
    expect(await look(clip, 0.1)).toMatchObject({ black: false });
  });

  it('is refused where nothing can be decoded at the peak', async () => {
    await expect(look(part('short.mp4', '-t', '1'), 5)).rejects.toMatchObject({ code: 'media' });
  });
});
