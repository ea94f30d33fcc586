import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import type { Lease } from '../../../src/ports/mediacache.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { makeHls, makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { plan } from '../../support/mediaparts.ts';
import type { OriginAnswer } from '../../support/origin.ts';
import { fragment, initSection, transportStream } from '../../support/segments.ts';

/** A busy machine is no slow origin. */
const patient = { limits: { stallMs: 10_000 } };

type World = Awaited<ReturnType<typeof cacheWorld>>;
let ffmpeg = '';
let ffprobe = '';

beforeAll(async () => {
  ffmpeg = (await locateTool('ffmpeg')).path;
  ffprobe = (await locateTool('ffprobe')).path;
});

const aes = '#EXT-X-KEY:METHOD=AES-128,URI="key?token=secret"';
const key = randomBytes(16);
/** As a vector of 16 bytes. */
const vector = (number: number) => Buffer.from(number.toString(16).padStart(32, '0'), 'hex');

function encrypt(plain: Uint8Array, iv: number, by: Buffer = key): Buffer {
  const cipher = createCipheriv('aes-128-cbc', by, vector(iv));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** Puts a playlist of two-second segments and what it names on the origin. */
function serve(world: World, lines: readonly string[], files: Readonly<Record<string, OriginAnswer | Buffer>>): string {
  for (const [name, answer] of Object.entries(files)) world.origin.set(`/${name}`, answer);
  const head = ['#EXTM3U', '#EXT-X-TARGETDURATION:2'];
  return world.origin.set('/index.m3u8', [...head, ...lines, '#EXT-X-ENDLIST'].join('\n'));
}

async function leased(world: World, uri: string, toMs: number): Promise<Buffer[]> {
  const archive = await archiveAt(uri, world.fetcher);
  return bytesOf(await (await world.open()).lease({ archive, fromMs: 0, toMs, purpose: 'render' }));
}
const bytesOf = (held: Lease) => Promise.all(held.parts.map((part) => readFile(part.path)));

/** All that a world wrote, and all that it would tell of an error, as one text. */
async function traces(world: World, error?: unknown): Promise<string> {
  const names = await readdir(world.root, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile()).map((name) => readFile(path.join(name.parentPath, name.name)));
  const told = error instanceof Error ? [error.message, JSON.stringify(error), String(error.cause)] : [];
  return [...(await Promise.all(files)).map((bytes) => bytes.toString('latin1')), ...told].join('\n');
}

describe('an encrypted playlist', () => {
  it('is cached in plain, with one fetch of a key for all who ask, and no trace of the key', async () => {
    await using world = await cacheWorld(patient);
    const segments = [0, 1, 2].map((seed) => transportStream(seed));
    const uri = serve(world, ['#EXT-X-MEDIA-SEQUENCE:41', aes, 's0.ts', 's1.ts', 's2.ts'], {
      key,
      ...Object.fromEntries(segments.map((plain, index) => [`s${index}.ts`, encrypt(plain, 41 + index)])),
    });
    const archive = await archiveAt(uri, world.fetcher);
    const cache = await world.open();
    const lease = () => cache.lease({ archive, fromMs: 0, toMs: 6_000, purpose: 'refine' });
    const [first, second] = await Promise.all([lease(), lease()]);
    expect(await bytesOf(first as Lease)).toEqual(segments);
    expect(await bytesOf(second as Lease)).toEqual(segments);
    expect(['/key', '/s0.ts', '/s1.ts', '/s2.ts'].map((name) => world.origin.requests(name))).toEqual([1, 1, 1, 1]);
    expect(await traces(world)).not.toContain(key.toString('latin1'));
  });

  it('may change its key, name its vectors, and go on in plain', async () => {
    await using world = await cacheWorld(patient);
    const other = randomBytes(16);
    const [a, b, c] = [1, 2, 3].map((seed) => transportStream(seed)) as [Buffer, Buffer, Buffer];
    const lines = [
      aes,
      'a.ts',
      '#EXT-X-KEY:METHOD=AES-128,URI="other",IV=0xBEEF',
      'b.ts',
      '#EXT-X-KEY:METHOD=NONE',
      'c.ts',
    ];
    const uri = serve(world, lines, {
      key,
      other,
      'a.ts': encrypt(a, 0),
      'b.ts': encrypt(b, 0xbeef, other),
      'c.ts': c,
    });
    expect(await leased(world, uri, 6_000)).toEqual([a, b, c]);
  });

  it('may hold byte ranges and an initialisation section, each encrypted by itself', async () => {
    await using world = await cacheWorld(patient);
    const [init, first, second] = [initSection(), fragment(5_000), fragment(7_001)];
    const parts = [encrypt(init, 5), encrypt(first, 5), encrypt(second, 5)] as const;
    const [a, b, c] = parts.map((part) => part.length) as [number, number, number];
    const uri = serve(
      world,
      [
        ...[`${aes},IV=0x5`, `#EXT-X-MAP:URI="all.mp4",BYTERANGE="${a}@0"`, `#EXT-X-BYTERANGE:${b}@${a}`, 'all.mp4'],
        ...[`#EXT-X-BYTERANGE:${c}`, 'all.mp4'],
      ],
      { key, 'all.mp4': Buffer.concat(parts) },
    );
    expect(await leased(world, uri, 4_000)).toEqual([Buffer.concat([init, first]), Buffer.concat([init, second])]);
    expect(world.origin.requests('/all.mp4')).toBe(3);
  });

  it('may lie on the disk, with its key beside it', async () => {
    await using world = await cacheWorld(patient);
    const folder = path.join(world.root, 'rec');
    await mkdir(folder);
    await writeFile(path.join(folder, 'k'), key);
    await writeFile(path.join(folder, 'a.ts'), encrypt(transportStream(4), 0));
    const uri = path.join(folder, 'index.m3u8');
    await writeFile(uri, '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST');
    expect(await leased(world, uri, 2_000)).toEqual([transportStream(4)]);
  });

  it('fetches a key that did not fit anew, since its origin may have changed it', async () => {
    await using world = await cacheWorld({ limits: { ...patient.limits, attempts: 1 } });
    const uri = serve(world, [aes, 'a.ts'], { key: randomBytes(16), 'a.ts': encrypt(transportStream(1), 0) });
    const archive = await archiveAt(uri, world.fetcher);
    const cache = await world.open();
    const lease = () => cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' });
    await expect(lease()).rejects.toMatchObject({ code: 'media' });
    world.origin.set('/key', key);
    expect(await bytesOf(await lease())).toEqual([transportStream(1)]);
  });
});

describe('an encrypted segment that is not right', () => {
  const whole = encrypt(transportStream(77), 0);
  it.each<[string, Record<string, OriginAnswer | Buffer>, string]>([
    ['a key that does not fit', { key: randomBytes(16), 'a.ts': whole }, 'media'],
    ['a key of 15 bytes', { key: key.subarray(1), 'a.ts': whole }, 'media'],
    ['a login page in place of the key', { key: { body: '<html>Sign in, please</html>' }, 'a.ts': whole }, 'media'],
    ['a key that is refused', { key: { status: 403 }, 'a.ts': whole }, 'media-gone'],
    ['a key that is away', { key: { status: 503 }, 'a.ts': whole }, 'unavailable'],
    ['a segment in plain', { key, 'a.ts': transportStream(1, 17) }, 'media'],
    ['a segment cut by its server', { key, 'a.ts': whole.subarray(0, -16) }, 'media'],
    ['a segment cut on its way', { key, 'a.ts': { body: whole, cutAfter: 100 } }, 'unavailable'],
    ['a web page that was encrypted', { key, 'a.ts': encrypt(Buffer.from('<html>'), 0) }, 'media'],
  ])('%s: a typed error without the key, no file, no reservation', async (_, files, code) => {
    await using world = await cacheWorld(patient);
    const uri = serve(world, [aes, 'a.ts'], files);
    const error = await leased(world, uri, 2_000).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(await world.files()).toEqual([]);
    expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
    const told = await traces(world, error);
    expect(told).not.toContain('secret');
    expect(told).not.toContain(key.toString('latin1'));
    expect(told).not.toContain(key.toString('hex'));
  });
});

describe('what ffmpeg wrote', () => {
  it('is clipped from an encrypted playlist as from the plain one, byte for byte', async () => {
    await using world = await cacheWorld(patient);
    const folder = path.join(world.root, 'hls');
    const made = await makeHls(ffmpeg, folder, { seconds: 6, type: 'mpegts', segmentSeconds: 2 });
    for (const name of await readdir(folder)) {
      const bytes = await readFile(path.join(folder, name));
      const number = made.segments.indexOf(path.join(folder, name));
      world.origin.set(`/plain/${name}`, bytes);
      if (number >= 0) world.origin.set(`/secret/${name}`, encrypt(bytes, number));
    }
    const list = await readFile(made.playlist, 'utf8');
    world.origin.set('/secret/index.m3u8', list.replace('#EXTINF', `${aes}\n#EXTINF`));
    world.origin.set('/secret/key', key);
    const cache = await world.open();
    const clipOf = async (kind: string) => {
      const archive = await archiveAt(`${world.origin.url}/${kind}/index.m3u8`, world.fetcher);
      const held = await cache.lease({ archive, fromMs: 0, toMs: 6_000, purpose: 'render' });
      const out = path.join(world.root, kind);
      await mkdir(out);
      const request = { plan: plan('source', 1_500, 4_500), parts: held.parts, folder: out, deadlineMs: 60_000 };
      return (await ffmpegRenderer({ ffmpeg, ffprobe }).render(request)).sha256;
    };
    expect(await clipOf('secret')).toBe(await clipOf('plain'));
  });

  it('and encrypted itself is read as it was before', async () => {
    await using world = await cacheWorld(patient);
    const folder = path.join(world.root, 'hls');
    await mkdir(folder);
    await writeFile(path.join(folder, 'key'), key);
    await writeFile(path.join(folder, 'info'), `key\n${path.join(folder, 'key')}\n`);
    const hls = [
      '-f',
      'hls',
      '-hls_time',
      '1',
      '-hls_playlist_type',
      'vod',
      '-hls_key_info_file',
      path.join(folder, 'info'),
    ];
    await makeMedia(ffmpeg, path.join(folder, 'index.m3u8'), { seconds: 2, options: hls });
    for (const name of await readdir(folder)) world.origin.set(`/${name}`, await readFile(path.join(folder, name)));
    expect(await leased(world, `${world.origin.url}/index.m3u8`, 2_000)).toHaveLength(2);
  });
});
