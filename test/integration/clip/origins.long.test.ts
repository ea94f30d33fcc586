import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { type MadePlaylist, makeHls } from '../../support/media.ts';
import { CountingOrigin } from '../../support/origin.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-origins-'));
let made: MadePlaylist;
let typed: CountingOrigin;
/** Another service on this machine, which nobody typed. */
let other: CountingOrigin;

beforeAll(async () => {
  const { path } = await locateTool('ffmpeg');
  writeFileSync(join(work, 'chat.tsv'), chatRows(240).map(tsvLine).join('\n'));
  const spec = { seconds: 240, rate: [5, 1], width: 96, height: 54, gop: 10 } as const;
  made = await makeHls(path, work, { ...spec, type: 'mpegts', segmentSeconds: 4 });
  typed = await CountingOrigin.start();
  other = await CountingOrigin.start();
  for (const segment of made.segments) {
    typed.set(`/${basename(segment)}`, readFileSync(segment));
    other.set(`/${basename(segment)}`, readFileSync(segment));
  }
});
afterAll(async () => {
  await typed[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  rmSync(work, { recursive: true });
});

const clip = (vod: string, out: string, env: Readonly<Record<string, string>> = {}) =>
  cliptide(['clip', '--chat', 'chat.tsv', '--vod', vod, '--out', out, '--top', '1'], { cwd: work, env });

/** The playlist with the addresses of its segments changed. */
const listing = (change: (segment: string) => string) =>
  readFileSync(made.playlist, 'utf8').replace(/^[^#\n].*\.ts$/gm, (line) => change(basename(line)));

it('a typed address is asked, and what lies beside it; another service on this machine is not, unless it is allowed', async () => {
  const own = await clip(typed.set('/own.m3u8', { body: listing((name) => name) }), 'own');
  expect(own.code, own.err).toBe(0);
  const vod = typed.set('/other.m3u8', { body: listing((name) => `${other.url}/${name}`) });
  const refused = await clip(vod, 'refused');
  expect(refused.code, refused.err).not.toBe(0);
  expect(refused.err).toMatch(/could not be cut: .*\n {2}where: http:.*\.ts\n {2}to do: .* set fetch\.allow to /);
  expect(other.log).toEqual([]);
  const allowed = await clip(vod, 'allowed', { CLIPTIDE_FETCH_ALLOW: new URL(other.url).host });
  expect(allowed.code, allowed.err).toBe(0);
  expect(other.log.length).toBeGreaterThan(0);
});

it('a typed address that redirects to another service on this machine is refused, and says where', async () => {
  const before = other.log.length;
  const { code, err } = await clip(typed.set('/away.m3u8', { redirectTo: `${other.url}/own.m3u8` }), 'away');
  expect(code, err).toBe(1);
  expect(err).toMatch(/asked only if fetch\.allow or fetch\.ports says so/);
  expect(other.log.length).toBe(before);
  expect(readdirSync(work)).not.toContain('away');
});

it('a saved playlist reads what lies elsewhere only below a root', async () => {
  const elsewhere = mkdtempSync(join(work, 'elsewhere-'));
  writeFileSync(
    join(elsewhere, 'saved.m3u8'),
    listing((name) => `../${name}`),
  );
  const refused = await clip(join(elsewhere, 'saved.m3u8'), 'outside');
  expect(refused.code, refused.err).not.toBe(0);
  expect(refused.err).toContain(`add ${work} to media.roots`);
  const allowed = await clip(join(elsewhere, 'saved.m3u8'), 'inside', { CLIPTIDE_MEDIA_ROOTS: work });
  expect(allowed.code, allowed.err).toBe(0);
});
