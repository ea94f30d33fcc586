import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { soundOfSpan } from '../../../src/domain/mediaclock.ts';
import type { ArchiveView, Lease } from '../../../src/ports/mediacache.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { fragment, initSection, transportStream } from '../../support/segments.ts';

/** A busy machine is no slow origin. */
const patient = { limits: { stallMs: 10_000 } };

type World = Awaited<ReturnType<typeof cacheWorld>>;
const count = 4;

/** A master playlist that hands out this token, and what lies behind it. */
function serve(world: World, token: string, first = 0): string {
  const names = Array.from({ length: count }, (_, k) => `s${first + k}.ts`);
  for (const name of names) {
    world.origin.set(`/v/${name}`, { body: transportStream(Number.parseInt(name.slice(1), 10)), token });
  }
  const lines = names.flatMap((name) => ['#EXTINF:2,', `${name}?token=${token}`]);
  const head = ['#EXTM3U', `#EXT-X-MEDIA-SEQUENCE:${first}`];
  world.origin.set('/v/index.m3u8', { body: [...head, ...lines, '#EXT-X-ENDLIST'].join('\n'), token });
  return world.origin.set('/master.m3u8', `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\nv/index.m3u8?token=${token}`);
}

const requests = (world: World) =>
  ['/master.m3u8', '/v/index.m3u8', ...Array.from({ length: count }, (_, k) => `/v/s${k}.ts`)].map((path) =>
    world.origin.requests(path),
  );

async function lease(world: World, archive: ArchiveView, fromMs = 0, toMs = 8_000): Promise<Lease> {
  return (await world.open()).lease({ archive, fromMs, toMs, purpose: 'render' });
}
const bytesOf = (held: Lease) => Promise.all(held.parts.map((part) => readFile(part.path)));
const all = [0, 1, 2, 3].map((seed) => transportStream(seed));

async function refusal(attempt: Promise<unknown>): Promise<Error> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('was not refused');
  return error;
}

describe('segments whose token has expired', () => {
  it('are fetched by the addresses that the operator’s address leads to now, which is asked once for all of them', async () => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'old'), world.fetcher);
    serve(world, 'new');
    expect(await bytesOf(await lease(world, archive))).toEqual(all);
    expect(requests(world)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('are asked for by the new address at once where it is known', async () => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'old'), world.fetcher);
    serve(world, 'new');
    const cache = await world.open();
    for (const second of [0, 2, 4, 6]) {
      await cache.lease({ archive, fromMs: second * 1000, toMs: second * 1000 + 2000, purpose: 'render' });
    }
    expect(requests(world)).toEqual([2, 2, 2, 1, 1, 1]);
  });

  it('are asked for once only: what stays refused says so, without the token', async () => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'old'), world.fetcher);
    serve(world, 'new');
    for (let k = 0; k < count; k += 1) world.origin.set(`/v/s${k}.ts`, { status: 403 });
    const error = await refusal(lease(world, archive, 0, 2_000));
    expect(error).toMatchObject({
      code: 'media-gone',
      message: expect.stringMatching(/403.*a new one .* refused as well/),
    });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/token=|=old|=new/);
    expect(requests(world).slice(0, 3)).toEqual([2, 2, 2]);
  });

  it('are asked for anew as well where another process asked for their initialisation section', async () => {
    await using world = await cacheWorld(patient);
    const { promise: gate, resolve: answer } = Promise.withResolvers<void>();
    const fragments = [5_000, 6_000].map((bytes) => fragment(bytes));
    const list = (token: string) => {
      for (const [k, body] of fragments.entries()) world.origin.set(`/v/${k}.m4s`, { body, token });
      world.origin.set('/v/init.mp4', { body: initSection(), token });
      const lines = fragments.flatMap((_, k) => ['#EXTINF:2,', `${k}.m4s?token=${token}`]);
      const text = ['#EXTM3U', `#EXT-X-MAP:URI="init.mp4?token=${token}"`, ...lines, '#EXT-X-ENDLIST'].join('\n');
      return world.origin.set('/v/index.m3u8', text);
    };
    const archive = await archiveAt(list('old'), world.fetcher);
    const caches = [await world.open(), await world.open()];
    world.origin.set('/v/init.mp4', { status: 403, gate });
    const leases = caches.map((cache, k) =>
      cache.lease({ archive, fromMs: k * 2_000, toMs: k * 2_000 + 2_000, purpose: 'render' }),
    );
    const pins = new DatabaseSync(world.catalogPath, { readOnly: true });
    const waiting = pins.prepare('SELECT count(*) AS count FROM pins GROUP BY key HAVING count(*) = 2');
    await expect.poll(() => waiting.get()).toEqual({ count: 2 });
    pins.close();
    list('new');
    answer();
    const parts = (await Promise.all(leases)).flatMap((held) => held.parts);
    expect(await Promise.all(parts.map(({ path }) => readFile(path)))).toEqual(
      fragments.map((body) => Buffer.concat([initSection(), body])),
    );
  });

  it('say why there is no new address', async () => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'old'), world.fetcher);
    serve(world, 'new');
    world.origin.set('/master.m3u8', { status: 404 });
    const gone = await refusal(lease(world, archive));
    expect(gone).toMatchObject({
      code: 'media-gone',
      message: expect.stringMatching(/403.*gives no new one \(HTTP 404/),
    });
    world.origin.set('/master.m3u8', { status: 503 });
    expect(await refusal(lease(world, archive))).toMatchObject({ code: 'unavailable' });
    serve(world, 'newer', 50);
    expect(await refusal(lease(world, archive))).toMatchObject({
      code: 'media-gone',
      message: /lists the segment no more/,
    });
    expect(await refusal(lease(world, { ...archive, ended: false }))).toMatchObject({ message: /slid out/ });
    expect(await world.files()).toEqual([]);
  });

  it('are found by their path where the playlist counts anew, and not where their name is another’s now', async () => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'old'), world.fetcher);
    serve(world, 'new');
    const list = (shift: number) => [
      '#EXTM3U',
      '#EXT-X-MEDIA-SEQUENCE:900',
      ...all.flatMap((_, k) => ['#EXTINF:2,', `s${k + shift}.ts?token=new`]),
    ];
    world.origin.set('/v/index.m3u8', list(0).join('\n'));
    expect(await bytesOf(await lease(world, archive))).toEqual(all);
    const other = { ...archive, segments: archive.segments.map((one) => ({ ...one, programDateTimeMs: 1_000_000 })) };
    const dated = list(0).flatMap((line) =>
      line.startsWith('#EXTINF') ? ['#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z', line] : [line],
    );
    world.origin.set('/v/index.m3u8', dated.join('\n'));
    const renamed = { ...other, streamId: 'another' };
    expect(await refusal(lease(world, renamed))).toMatchObject({ message: /lists the segment no more/ });
  });

  it('bring the new address of their key as well', async () => {
    await using world = await cacheWorld(patient);
    const key = randomBytes(16);
    const cipher = createCipheriv('aes-128-cbc', key, Buffer.alloc(16));
    world.origin.set('/v/a.ts', Buffer.concat([cipher.update(transportStream(1)), cipher.final()]));
    const keyed = (token: string) => {
      world.origin.set('/v/key', { body: key, token });
      const text = `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="key?token=${token}"\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST`;
      return world.origin.set('/v/index.m3u8', text);
    };
    const archive = await archiveAt(keyed('old'), world.fetcher);
    keyed('new');
    expect(await bytesOf(await lease(world, archive, 0, 2_000))).toEqual([transportStream(1)]);
    expect([world.origin.requests('/v/key'), world.origin.requests('/v/a.ts')]).toEqual([2, 1]);
  });
});

describe('sound in a playlist of its own', () => {
  it('is looked up in that one, though its files have the names of the picture’s', async () => {
    await using world = await cacheWorld(patient);
    const list = (token: string) => `#EXTM3U\n#EXTINF:2,\n0.ts?token=${token}\n#EXT-X-ENDLIST`;
    const apart = (token: string) => {
      for (const [folder, seed] of [
        ['v', 1],
        ['a', 2],
      ] as const) {
        world.origin.set(`/${folder}/0.ts`, { body: transportStream(seed), token });
        world.origin.set(`/${folder}/index.m3u8`, { body: list(token), token });
      }
      const sound = `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",URI="a/index.m3u8?token=${token}"`;
      const video = '#EXT-X-STREAM-INF:BANDWIDTH=9,AUDIO="g",RESOLUTION=1x1,CODECS="avc1,mp4a"';
      return world.origin.set('/master.m3u8', `#EXTM3U\n${sound}\n${video}\nv/index.m3u8?token=${token}`);
    };
    const archive = await archiveAt(apart('old'), world.fetcher);
    apart('new');
    const found = soundOfSpan(archive, { fromMs: 0, toMs: 2_000 });
    if (found === undefined) throw new Error('no sound');
    const cache = await world.open();
    const picture = await cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' });
    const sound = await cache.lease({ archive: found.archive, ...found.span, purpose: 'render' });
    expect([await bytesOf(picture), await bytesOf(sound)]).toEqual([[transportStream(1)], [transportStream(2)]]);
  });
});

describe('a segment that slid out of the live window before it was fetched', () => {
  it.each([404, 410])('is media-gone with a sentence that says so (HTTP %i)', async (status) => {
    await using world = await cacheWorld(patient);
    const archive = await archiveAt(serve(world, 'a'), world.fetcher);
    world.origin.set('/v/s1.ts', { status });
    const error = await refusal(lease(world, { ...archive, ended: false }));
    expect(error).toMatchObject({
      code: 'media-gone',
      message: /Segment 1 probably slid out of the live playlist/,
      hint: /tail/,
    });
    expect(await refusal(lease(world, archive))).toMatchObject({ code: 'media-gone', message: /^HTTP/ });
  });
});
