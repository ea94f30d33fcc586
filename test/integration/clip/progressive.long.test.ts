import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { makeMedia } from '../../support/media.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { CountingOrigin } from '../../support/origin.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-progressive-'));
afterAll(() => rmSync(work, { recursive: true }));
let body = Buffer.alloc(0);

beforeAll(async () => {
  const ffmpeg = (await locateTool('ffmpeg')).path;
  // Moments at 200 and 400 s of the chat.
  writeFileSync(join(work, 'chat.tsv'), chatRows(480).map(tsvLine).join('\n'));
  const spec = { seconds: 500, rate: [5, 1], width: 96, height: 54, gop: 10 } as const;
  body = readFileSync(await makeMedia(ffmpeg, join(work, 'recording.mp4'), spec));
});

const cut = (vod: string, out: string) =>
  cliptide(['clip', '--chat', 'chat.tsv', '--vod', vod, '--out', out, '--top', '1', '--offset', '10.4', '--json'], {
    cwd: work,
  });

it('cuts from the address of an MP4, whatever it is called, as from the file, and reads a part of it', async () => {
  await using origin = await CountingOrigin.start();
  const url = origin.set('/watch.m3u8', { body, headers: { etag: '"a"' } });
  const [remote, local] = [await cut(url, 'remote'), await cut('recording.mp4', 'local')];
  expect([remote.code, local.code], remote.err + local.err).toEqual([0, 0]);
  const [one, other] = [rowsOf(remote.out, 'clip'), rowsOf(local.out, 'clip')];
  expect(one.length).toBeGreaterThan(0);
  expect(one.map(({ file, durationSec }) => [file, durationSec])).toEqual(
    other.map(({ file, durationSec }) => [file, durationSec]),
  );
  for (const { file } of one) {
    const [from, of] = ['remote', 'local'].map((folder) => readFileSync(join(work, folder, String(file))));
    expect(from?.equals(of ?? Buffer.alloc(0))).toBe(true);
  }
  expect(origin.bytes('/watch.m3u8')).toBeLessThan(body.length / 3);
});

it('says why a server without ranges is of no use, and what to do', async () => {
  await using origin = await CountingOrigin.start();
  const url = origin.set('/recording.mp4', { body, ignoresRanges: true });
  const { code, err } = await cut(url, 'none');
  expect(code).not.toBe(0);
  expect(err).toMatch(/does not send parts/);
  expect(err).toMatch(/give its path/);
});
