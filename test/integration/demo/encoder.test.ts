import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { encode, segmentName } from '../../../src/demo/encoder.ts';
import { clickTimes, frameNumbers } from '../../support/frames.ts';

const never = new AbortController().signal;
const seconds = 12;
/** A segment alone starts with its sound: the encoder delays it by one AAC frame of 1024 samples. */
const firstPictureSec = 1024 / 48_000;

describe('the segments of the made broadcast', () => {
  let folder = '';
  let ffmpeg = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cliptide-demo-'));
    ffmpeg = (await locateTool('ffmpeg')).path;
    await encode({ ffmpeg, folder, seconds, signal: never });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are as many as the playlist will promise, each under its final name only', async () => {
    const names = (await readdir(folder)).filter((name) => name.includes('.ts')).sort();
    expect(names).toEqual(Array.from({ length: seconds / 2 }, (_, index) => segmentName(index)));
  });

  it('carry exactly the frames of their two seconds and begin with a key frame', async () => {
    for (const index of [0, 3, 5]) {
      // A decoder that starts here would drop the frames before the first key frame, were there any.
      const numbers = await frameNumbers(ffmpeg, join(folder, segmentName(index)));
      expect(numbers).toEqual(Array.from({ length: 20 }, (_, frame) => index * 20 + frame));
    }
  });

  it('click at each whole second of the picture', async () => {
    // The last frame of a segment's sound may reach into the next second's click.
    const whole = (await clickTimes(ffmpeg, join(folder, segmentName(0)))).filter((time) => time < 2);
    expect(whole).toHaveLength(2);
    whole.forEach((time, second) => {
      expect(Math.abs(time - firstPictureSec - second)).toBeLessThan(0.003);
    });
  });
});

describe('making the broadcast', () => {
  it('says what ffmpeg said when it cannot write', async () => {
    const ffmpeg = (await locateTool('ffmpeg')).path;
    const going = encode({ ffmpeg, folder: join(tmpdir(), 'no', 'such', 'folder'), seconds: 4, signal: never });
    await expect(going).rejects.toMatchObject({ code: 'tool', message: expect.stringMatching(/No such file/) });
  });

  it('says so when there is no ffmpeg at the path', async () => {
    const going = encode({ ffmpeg: '/no/such/ffmpeg', folder: tmpdir(), seconds: 4, signal: never });
    await expect(going).rejects.toMatchObject({ code: 'tool', message: expect.stringContaining('ENOENT') });
  });
});
