import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { frameNumbers } from '../../support/frames.ts';
import { type MadePlaylist, makeHls } from '../../support/media.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-timeline-'));
afterAll(() => rmSync(work, { recursive: true }));

const rate = 5;
const segmentSec = 4;
const size = [96, 54] as const;
const beganMs = Date.UTC(2026, 0, 10, 18);
/** The broadcast was away for so long, after so much of it was recorded. */
const awaySec = 30;
const reconnectSec = 300;
/** Segments that have slid out of the playlist. */
const goneSegments = 10;
let ffmpeg: string;
let made: MadePlaylist;

beforeAll(async () => {
  ffmpeg = (await locateTool('ffmpeg')).path;
  // Moments at the beginning, at 200 s and at 400 s of the chat.
  writeFileSync(join(work, 'chat.tsv'), chatRows(480).map(tsvLine).join('\n'));
  const spec = { seconds: 460, rate: [rate, 1], width: size[0], height: size[1], gop: 2 * rate, sound: false } as const;
  made = await makeHls(ffmpeg, work, { ...spec, type: 'mpegts', segmentSeconds: segmentSec });
  const lines = made.segments.flatMap((path, index) => {
    const recordedSec = index * segmentSec;
    const wallMs = beganMs + (recordedSec + (recordedSec >= reconnectSec ? awaySec : 0)) * 1_000;
    const stamp = [
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(wallMs).toISOString()}`,
      `#EXTINF:${segmentSec},`,
      basename(path),
    ];
    return recordedSec === reconnectSec ? ['#EXT-X-DISCONTINUITY', ...stamp] : stamp;
  });
  const kept = lines.slice(lines.findIndex((line) => line.includes('part0010')) - 2);
  const head = ['#EXTM3U', `#EXT-X-TARGETDURATION:${segmentSec}`, `#EXT-X-MEDIA-SEQUENCE:${goneSegments}`];
  writeFileSync(join(work, 'window.m3u8'), [...head, ...kept].join('\n'));
});

async function clip(vod: string, out: string, ...more: readonly string[]) {
  const args = ['clip', '--chat', 'chat.tsv', '--vod', vod, '--out', out, '--top', '3', '--json', ...more];
  return cliptide(args, { cwd: work });
}

/** For each clip, the first and last frame that it must have, and those that it has. */
async function edges(out: string, folder: string) {
  const rows = rowsOf(out, 'clip') as unknown as { file: string; highlight: { startSec: number; endSec: number } }[];
  return Promise.all(
    rows.map(async ({ file, highlight: { startSec, endSec } }) => {
      const awayFrames = startSec > reconnectSec ? awaySec * rate : 0;
      const frames = await frameNumbers(ffmpeg, join(work, folder, file), [...size]);
      const [first, last] = [Math.round(startSec * rate), Math.ceil(endSec * rate - 0.01) - 1];
      return { wanted: [first - awayFrames, last - awayFrames], found: [frames[0], frames.at(-1)], awayFrames };
    }),
  );
}

describe('a window of a broadcast that was interrupted', () => {
  it.each([
    ['by a negative offset', 'offset', [`--offset=-${goneSegments * segmentSec}`]],
    ['by its date-times', 'clock', ['--offset', 'clock', '--started-at', new Date(beganMs).toISOString()]],
  ])(
    'is cut at the right frames on both sides of the interruption, %s',
    async (_how, folder, offset) => {
      const { code, out, err } = await clip('window.m3u8', folder, ...offset);
      expect(code, err).toBe(1);
      expect(err).toMatch(
        /at 00:00:\d\d could not be cut: this moment \(.+\) lies before the start of the recorded media \(/,
      );
      const found = await edges(out, folder);
      expect(found.map(({ awayFrames }) => awayFrames).sort()).toEqual([0, awaySec * rate]);
      for (const edge of found) expect(edge.found).toEqual(edge.wanted);
    },
    60_000,
  );
});

it('says so, and cuts nothing, where date-times are asked for that the playlist does not have', async () => {
  const lines = readFileSync(made.playlist, 'utf8').split('\n');
  writeFileSync(join(work, 'bare.m3u8'), lines.filter((line) => !line.includes('DATE-TIME')).join('\n'));
  const { code, out, err } = await clip('bare.m3u8', 'bare', '--offset', 'clock');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/no program date-times.*\n.*where: --offset clock, .*bare\.m3u8\n.*to do: give --offset SECONDS/);
  expect(existsSync(join(work, 'bare'))).toBe(false);
});
