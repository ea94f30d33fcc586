import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { frameNumbers } from '../../support/frames.ts';
import { type MadePlaylist, makeHls } from '../../support/media.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { CountingOrigin } from '../../support/origin.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-playlist-'));
afterAll(() => rmSync(work, { recursive: true }));

const rate = 5;
const segmentSec = 4;
const size = [96, 54] as const;
let ffmpeg: string;
let made: MadePlaylist;

beforeAll(async () => {
  ffmpeg = (await locateTool('ffmpeg')).path;
  // Moments at 200 and 400 s of the chat.
  writeFileSync(join(work, 'chat.tsv'), chatRows(480).map(tsvLine).join('\n'));
  const spec = { seconds: 500, rate: [rate, 1], width: size[0], height: size[1], gop: 2 * rate } as const;
  made = await makeHls(ffmpeg, work, { ...spec, type: 'fmp4', segmentSeconds: segmentSec });
});

async function served(): Promise<CountingOrigin> {
  const origin = await CountingOrigin.start();
  for (const path of [made.playlist, ...made.segments, made.init ?? ''])
    origin.set(`/${basename(path)}`, readFileSync(path));
  return origin;
}

interface Row {
  readonly preset: string;
  readonly file: string;
  readonly headSec: number;
  readonly highlight: { readonly startSec: number; readonly endSec: number };
}

it('cuts a moment of a playlist to the frame, copies it without a hole, and fetches each segment of it once', async () => {
  await using origin = await served();
  const vod = `${origin.url}/${basename(made.playlist)}`;
  const args = ['--chat', 'chat.tsv', '--vod', vod, '--out', 'one', '--top', '1', '--offset', '10.4'];
  const { code, out, err } = await cliptide(['clip', ...args, '--preset', 'source,copy', '--json'], { cwd: work });
  expect(code, err).toBe(0);
  const rows = rowsOf(out, 'clip') as unknown as Row[];
  expect(rows.map(({ preset }) => preset).sort()).toEqual(['copy', 'source']);
  for (const { file, preset, headSec, highlight } of rows) {
    const first = Math.round((highlight.startSec + 10.4) * rate);
    const last = Math.ceil((highlight.endSec + 10.4) * rate - 0.01) - 1;
    const frames = await frameNumbers(ffmpeg, join(work, 'one', file), [...size]);
    if (preset === 'source') expect([frames[0], frames.at(-1)]).toEqual([first, last]);
    expect(frames[0]).toBe(first - Math.round(headSec * rate));
    // No frame is missing, doubled or out of its order, and none of the moment's is left out.
    expect(frames).toEqual(frames.map((_, index) => (frames[0] ?? 0) + index));
    expect(frames.at(-1)).toBeGreaterThanOrEqual(last);
  }
  // Refinement may look 30 s beyond the moment on either side, and nothing else is fetched at all.
  const { startSec, endSec } = rows[0]?.highlight ?? { startSec: 0, endSec: 0 };
  for (const [index, path] of made.segments.entries()) {
    const requests = origin.requests(`/${basename(path)}`);
    const isNear = (index + 1) * segmentSec > startSec - 50 && index * segmentSec < endSec + 70;
    expect(requests, `segment ${index}`).toBeLessThanOrEqual(isNear ? 1 : 0);
    const isInside = (index + 1) * segmentSec > startSec + 10.4 && index * segmentSec < endSec + 10.4;
    if (isInside) expect(requests, `segment ${index}`).toBe(1);
  }
  expect(origin.requests('/init.mp4')).toBe(1);
});

it('trusts the date-times where it is told to: a chat that began later is cut later', async () => {
  await using origin = await served();
  const text = readFileSync(made.playlist, 'utf8');
  const began = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(text)?.[1] ?? '');
  const startedAt = new Date(began + 20_000).toISOString();
  const vod = `${origin.url}/${basename(made.playlist)}`;
  const args = ['--chat', 'chat.tsv', '--vod', vod, '--out', 'clock', '--top', '1', '--offset', 'clock'];
  const { code, out, err } = await cliptide(['clip', ...args, '--started-at', startedAt, '--json'], { cwd: work });
  expect(code, err).toBe(0);
  const [row] = rowsOf(out, 'clip') as unknown as Row[];
  const frames = await frameNumbers(ffmpeg, join(work, 'clock', row?.file ?? ''), [...size]);
  expect(frames[0]).toBe(Math.round(((row?.highlight.startSec ?? 0) + 20) * rate));
});
