import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { CliProcess, cliptide, processesWith } from '../../support/cliprocess.ts';
import { frameNumbers } from '../../support/frames.ts';
import { makeMedia } from '../../support/media.ts';
import { type JsonRow, rowsOf } from '../../support/ndjsonrows.ts';
import { CountingOrigin } from '../../support/origin.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-clip-'));
afterAll(() => rmSync(work, { recursive: true }));

/** Moments at 200, 400 and 600 s of the chat; the video ends before the last, and has no sound. */
const rate = 2;
const videoSec = 500;
let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = (await locateTool('ffmpeg')).path;
  const rows = chatRows(660);
  writeFileSync(join(work, 'chat.tsv'), `${rows.map(tsvLine).join('\n')}\nbroken\n`);
  const size = { rate: [rate, 1], width: 96, height: 54, gop: 4, sound: false } as const;
  await makeMedia(ffmpeg, join(work, 'video.mp4'), { ...size, seconds: videoSec });
});

const base = (vod: string, out: string): string[] => ['clip', '--chat', 'chat.tsv', '--vod', vod, '--out', out];
const clip = (vod: string, out: string, ...more: readonly string[]) =>
  cliptide([...base(vod, out), ...more], { cwd: work });
const run = (...args: readonly string[]) =>
  execFileSync(ffmpeg, ['-v', 'error', '-y', '-nostdin', ...args], { cwd: work });
const inFolder = (name: string): readonly string[] => readdirSync(join(work, name)).sort();

/** The video as a playlist on a server that does not have the segments of these numbers. */
async function served(isGone: (number: number) => boolean): Promise<CountingOrigin> {
  if (!existsSync(join(work, 'hls'))) {
    mkdirSync(join(work, 'hls'));
    run('-i', 'video.mp4', '-c', 'copy', '-f', 'hls', '-hls_time', '10', '-hls_list_size', '0', 'hls/index.m3u8');
  }
  const origin = await CountingOrigin.start();
  for (const name of inFolder('hls')) {
    const number = /index(\d+)\.ts/.exec(name)?.[1];
    const gone = number !== undefined && isGone(Number(number));
    origin.set(`/${name}`, gone ? { status: 404 } : readFileSync(join(work, 'hls', name)));
  }
  return origin;
}

describe('cliptide clip', () => {
  it('cuts what the recording holds, by its contract, and reports what lies outside with exit 1', async () => {
    const { code, out, err } = await clip('video.mp4', 'made', '--top', '99', '--offset', '10', '--json');
    expect(code).toBe(1);
    expect(err).toMatch(/1 record is damaged.*\n.*chat\.tsv, line \d+\n/);
    expect(err).toMatch(
      /rank \d+ at 00:1\d:\d\d could not be cut: this moment \(0:\d\d:\d\d\) lies after the end of .* \(0:08:10\)\n {2}where: video\.mp4\n {2}to do: check .*--offset/,
    );
    const rows = JSON.parse(readFileSync(join(work, 'made', 'clips.json'), 'utf8')) as JsonRow[];
    const byRank = (list: readonly JsonRow[]) => [...list].sort((a, b) => Number(a.rank) - Number(b.rank));
    const printed = rowsOf(out, 'clip').map(({ kind: _, ...row }) => row);
    expect(byRank(printed)).toEqual(rows);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    const named = rows.flatMap(({ file }) => [String(file), String(file).replace(/mp4$/, 'jpg')]);
    expect(inFolder('made')).toEqual(['clips.json', ...named].sort());
    for (const row of rows) await holdsContract(row);
  });

  it('ends with 2 for a recording that is missing, no media or without picture, and leaves no folder', async () => {
    writeFileSync(join(work, 'text.mp4'), 'this is no media\n'.repeat(100));
    run('-f', 'lavfi', '-i', 'sine=d=700:r=8000', '-c:a', 'aac', 'sound.m4a');
    run('-i', 'sound.m4a', '-c', 'copy', '-f', 'hls', '-hls_time', '30', '-hls_list_size', '0', 'sound.m3u8');
    const vods = ['missing.mp4', 'text.mp4', 'sound.m4a', 'sound.m3u8'];
    const ends = await Promise.all(vods.map((vod, index) => clip(vod, `none${index}/at/all`, '--top', '1')));
    for (const [index, vod] of vods.entries()) {
      expect(ends[index]).toMatchObject({ code: 2, out: '' });
      expect(ends[index]?.err).toMatch(
        new RegExp(`cliptide: .*(no picture|exist|not media).*\n.*where: .*${vod}\n.*to do`),
      );
    }
    expect(inFolder('.').filter((name) => name.startsWith('none'))).toEqual([]);
  });

  it('cuts what is there of a playlist that ends with 404s, and names what is gone; without a clip it leaves no folder', async () => {
    await using origin = await served((number) => number > 30);
    // Of the second nothing that is wanted is there, but the recording is.
    const [some, none] = await Promise.all([
      clip(`${origin.url}/index.m3u8`, 'part', '--top', '4', '--json'),
      clip(`${origin.url}/index.m3u8`, 'lost', '--top', '1', '--offset', '320'),
    ]);
    expect([some.code, none.code]).toEqual([1, 1]);
    expect(rowsOf(some.out, 'clip').map((row) => startOf(row))).toContainEqual(expect.closeTo(190, -1));
    expect(some.err).toMatch(/could not be cut: HTTP 404: .*index[34]\d\.ts/);
    expect(existsSync(join(work, 'lost'))).toBe(false);
  });

  it('ends with 2 for a playlist that is not there, or whose media is not, and leaves no folder', async () => {
    await using origin = await served(() => true);
    const ends = await Promise.all([
      clip(`${origin.url}/nothing.m3u8`, 'gone'),
      clip(`${origin.url}/index.m3u8`, 'empty', '--top', '2'),
    ]);
    expect(ends[0]).toMatchObject({ code: 2, err: expect.stringContaining('HTTP 404') });
    expect(ends[1]).toMatchObject({ code: 2, err: expect.stringMatching(/none of the recording's media is there/) });
    expect(inFolder('.').filter((name) => name === 'gone' || name === 'empty')).toEqual([]);
  });

  it('ends with 3 where space is short, with 2 where it cannot write, and writes nothing', async () => {
    const space = await cliptide(base('video.mp4', 'full'), {
      cwd: work,
      env: { CLIPTIDE_FREE_SPACE_FLOOR_BYTES: String(2 ** 52) },
    });
    expect(space).toMatchObject({ code: 3, out: '' });
    expect(space.err).toMatch(
      /B are free, .* 4504 TB\n {2}where: .*\/full\n {2}to do: free some space, choose another --out/,
    );
    expect(existsSync(join(work, 'full'))).toBe(false);
    const budget = await cliptide(base('video.mp4', 'full'), {
      cwd: work,
      env: { CLIPTIDE_DATA_CAP_BYTES: '100 MB', CLIPTIDE_CACHE_CAP_BYTES: '43749900' },
    });
    expect(budget).toMatchObject({ code: 3, out: '' });
    expect(budget.err).toMatch(/no clip was made: [\s\S]*to do: .*dataCapBytes/);
    expect(existsSync(join(work, 'full'))).toBe(false);
    const below = await clip('video.mp4', 'chat.tsv/below');
    expect(below).toMatchObject({ code: 2, out: '' });
    expect(below.err).toMatch(/output folder cannot be[\s\S]*chat\.tsv\/below[\s\S]*to do/);
    if (process.platform !== 'linux') return;
    expect(await clip('video.mp4', '/proc/nowhere')).toMatchObject({ code: 2, out: '' });
  });

  it('refuses wrong values, naming the option', async () => {
    const wrong = [
      ['--offset', '1x'],
      ['--top', '0'],
      ['--preset', 'sorce'],
      ['--offset', 'clock'],
      ['--started-at', 'noon'],
    ];
    const ends = await Promise.all(wrong.map((options) => clip('video.mp4', 'wrong', ...options)));
    for (const [index, [option]] of wrong.entries()) {
      expect(ends[index]).toMatchObject({ code: 2, out: '' });
      expect(ends[index]?.err).toContain(option);
      expect(ends[index]?.err).toContain('to do');
    }
    for (const vod of ['ftp://example.org/v.mp4', 'http://user:hunter2@127.0.0.1/v.mp4']) {
      const { code, out, err } = await clip(vod, 'wrong');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/fetched.*\n[\s\S]*to do: /);
      expect(err).not.toContain('hunter2');
    }
    expect(existsSync(join(work, 'wrong'))).toBe(false);
  });
});

describe('cliptide clip, interrupted', () => {
  const when: readonly [string, NodeJS.Signals, (cli: CliProcess) => Promise<unknown>][] = [
    ['as it starts its stages', 'SIGHUP', (cli) => appears(cli, 'interrupted')],
    ['as it reads the chat', 'SIGTERM', (cli) => cli.prints(/reading chat/)],
    ['as it renders', 'SIGINT', (cli) => cli.prints(/"kind":"clip"/)],
  ];
  it.each(when)(
    '%s by %s, ends with 130 and leaves no process, no part and no folder of its own',
    async (_, signal, moment) => {
      rmSync(join(work, 'interrupted'), { recursive: true, force: true });
      const more = ['--json', '--preset', 'copy,source', '--top', '4'];
      const cli = new CliProcess([...base('video.mp4', 'interrupted'), ...more], { cwd: work });
      await moment(cli);
      expect(await cli.kill(signal)).toBe(130);
      expect(processesWith(join(work, 'interrupted'))).toEqual([]);
      if (!existsSync(join(work, 'interrupted'))) expect(cli.out).toBe('');
      else {
        const rows = JSON.parse(readFileSync(join(work, 'interrupted', 'clips.json'), 'utf8')) as JsonRow[];
        const files = rows.flatMap(({ file }) => [String(file), String(file).replace(/mp4$/, 'jpg')]);
        expect(inFolder('interrupted')).toEqual(['clips.json', ...files].sort());
        for (const { kind: _, ...row } of rowsOf(cli.out, 'clip')) expect(rows).toContainEqual(row);
      }
      expect(cli.err).toContain(`interrupted by ${signal}`);
      // What was called off is no failure to tell of.
      expect(cli.err).not.toContain('could not be cut');
    },
  );
});

/** Resolves when a folder is there. */
async function appears(cli: CliProcess, name: string): Promise<void> {
  const ended = cli.ended.then(() => true);
  while (!existsSync(join(work, name))) {
    const tick = new Promise<false>((resolve) => setTimeout(resolve, 5, false));
    if (await Promise.race([ended, tick])) throw new Error(`it ended before it made ${name}: ${cli.err}`);
  }
}

const startOf = (row: JsonRow): number => Number((row.highlight as JsonRow).startSec);

const rowKeys = ['rank', 'highlight', 'file', 'preset', 'durationSec', 'bytes', 'sha256'];
const highlightKeys = ['highlightId', 'startSec', 'peakSec', 'endSec', 'score', 'contributions'];

/** The row's fields are those of the contract, and the file is what the row says. */
async function holdsContract(row: JsonRow): Promise<void> {
  const { highlight, file, preset, rank } = row;
  expect(Object.keys(row)).toEqual(expect.arrayContaining(rowKeys));
  expect(Object.keys(highlight as JsonRow)).toEqual(highlightKeys);
  const { highlightId, startSec, endSec } = highlight as { highlightId: string; startSec: number; endSec: number };
  const whole = Math.floor(startSec);
  const clock = [whole / 3600, (whole / 60) % 60, whole % 60].map((value) =>
    String(Math.floor(value)).padStart(2, '0'),
  );
  expect(file).toBe(`${rank}-${clock.join('.')}-${highlightId.slice(0, 8)}-${preset}.mp4`);
  const path = join(work, 'made', String(file));
  const bytes = readFileSync(path);
  expect(row.bytes).toBe(bytes.length);
  expect(row.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(row.durationSec).toBeCloseTo(endSec - startSec, 0);
  // The chat's zero lies at 10 s of the video: its frames say where they were.
  const frames = await frameNumbers(ffmpeg, path, [96, 54]);
  expect(frames[0]).toBe(Math.round((startSec + 10) * rate));
  expect(frames.length).toBe(Math.round((endSec - startSec) * rate));
}
