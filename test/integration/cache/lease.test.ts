import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArchiveView } from '../../../src/domain/mediaclock.ts';
import type { ArchiveSegment } from '../../../src/domain/records.gen.ts';
import type { Lease, MediaCache } from '../../../src/ports/mediacache.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import type { CountingOrigin } from '../../support/origin.ts';
import { box, fragment, initSection, transportStream } from '../../support/segments.ts';

/** An archive of two-second TS segments on the origin. */
function served(origin: CountingOrigin, count: number): ArchiveView {
  const uris = Array.from({ length: count }, (_, k) => origin.set(`/s${k}.ts`, transportStream(k)));
  return archiveOf(uris.map((uri) => ({ uri })));
}

const lease = (cache: MediaCache, archive: ArchiveView, from: number, to: number, signal?: AbortSignal) =>
  cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'refine', ...(signal ? { signal } : {}) });

async function contents(held: Lease): Promise<Buffer> {
  return Buffer.concat(await Promise.all(held.parts.map((part) => readFile(part.path))));
}

/** The archive with each segment changed. */
const withSegments = (
  view: ArchiveView,
  change: (segment: ArchiveSegment) => Partial<ArchiveSegment>,
): ArchiveView => ({
  ...view,
  segments: view.segments.map((segment) => ({ ...segment, ...change(segment) })),
});

describe('one fetch', () => {
  it('fetches each segment once for 50 who ask at the same time, and only what they need', async () => {
    await using world = await cacheWorld();
    const archive = served(world.origin, 6);
    const cache = await world.open();
    const asked = Array.from({ length: 50 }, (_, k) => lease(cache, archive, 2 + (k % 2), 7 + (k % 3) / 2));
    const leases = await Promise.all(asked);
    expect([0, 1, 2, 3, 4, 5].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([0, 1, 1, 1, 0, 0]);
    expect(leases.reduce((sum, held) => sum + held.bytesFetched, 0)).toBe(3 * 20 * 188);
    expect(leases[0]?.bytesNeeded).toBe(3 * 20 * 188);
    expect(leases[0]?.parts.map((part) => part.startMs)).toEqual([2000, 4000, 6000]);
  });

  it('does not ask again for what was on its way when another segment failed', async () => {
    await using world = await cacheWorld();
    const archive = served(world.origin, 9);
    let [fail, go] = [() => {}, () => {}];
    const gate = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const rest = new Promise<void>((resolve) => {
      go = resolve;
    });
    world.origin.set('/s0.ts', { status: 404, gate });
    world.origin.set('/s1.ts', { body: transportStream(1), stallAfter: 1000, rest });
    const cache = await world.open();
    const refused = expect(lease(cache, archive, 0, 18)).rejects.toMatchObject({ code: 'media-gone' });
    await world.origin.asked('/s1.ts');
    fail();
    await world.origin.asked('/s3.ts');
    go();
    await refused;
    await (await lease(cache, archive, 2, 8)).release();
    expect([1, 2, 3].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1]);
    expect(await world.usage()).toMatchObject({ reserved: 0 });
  });

  it('lets refine and render share, over a restart too', async () => {
    await using world = await cacheWorld();
    const archive = served(world.origin, 3);
    const first = await world.open();
    const refine = await lease(first, archive, 0, 6);
    const expected = await contents(refine);
    await refine.release();
    await first.close();
    const render = await lease(await world.open(), archive, 0, 6);
    expect(await contents(render)).toEqual(expected);
    expect(render).toMatchObject({ bytesFetched: 0, bytesNeeded: expected.length });
    expect(world.origin.requests('/s1.ts')).toBe(1);
  });

  it('goes on for the others when one who waits is stopped', async () => {
    await using world = await cacheWorld();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const archive = archiveOf([{ uri: world.origin.set('/s.ts', { body: transportStream(1), gate }) }]);
    const cache = await world.open();
    const stop = new AbortController();
    const impatient = lease(cache, archive, 0, 2, stop.signal);
    const patient = lease(cache, archive, 0, 2);
    await world.origin.asked('/s.ts');
    stop.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'aborted' });
    open();
    expect((await patient).parts).toHaveLength(1);
    expect(world.origin.requests('/s.ts')).toBe(1);
  });

  it('fetches again what somebody removed from under it', async () => {
    await using world = await cacheWorld();
    const archive = served(world.origin, 1);
    const cache = await world.open();
    const held = await lease(cache, archive, 0, 2);
    await writeFile(held.parts[0]?.path ?? '', 'x');
    expect(await contents(await lease(cache, archive, 0, 2))).toEqual(transportStream(0));
    expect((await world.usage()).used).toBe(4096);
  });
});

describe('fMP4 and byte ranges', () => {
  it('puts the initialisation section in front of each part and fetches it once', async () => {
    await using world = await cacheWorld();
    const init = initSection();
    const uri = world.origin.set('/all.mp4', Buffer.concat([init, fragment(5000), fragment(7000)]));
    const ranges = [fragment(5000).length, fragment(7000).length];
    const archive = withSegments(archiveOf([{}, {}]), ({ sequence }) => ({
      init: { uri, byteOffset: 0, byteLength: init.length, key: null },
      media: {
        uri,
        byteOffset: init.length + (sequence === 0 ? 0 : (ranges[0] ?? 0)),
        byteLength: ranges[sequence] ?? 0,
        key: null,
      },
    }));
    const cache = await world.open();
    await Promise.all([lease(cache, archive, 0, 2), lease(cache, archive, 0, 2)]);
    const held = await lease(cache, archive, 0, 4);
    const [first, second] = await Promise.all(held.parts.map((part) => readFile(part.path)));
    expect(first).toEqual(Buffer.concat([init, fragment(5000)]));
    expect(second).toEqual(Buffer.concat([init, fragment(7000)]));
    expect(held.bytesNeeded).toBe((ranges[0] ?? 0) + (ranges[1] ?? 0));
    expect(held.bytesFetched).toBe(ranges[1]);
    expect(world.origin.log.filter((line) => line.includes(`bytes=0-${init.length - 1}`))).toHaveLength(1);
    expect(world.origin.requests('/all.mp4')).toBe(3);
  });
});

describe('local media', () => {
  it('leases whole local segments and progressive files where they are', async () => {
    await using world = await cacheWorld();
    await mkdir(path.join(world.root, 'rec'));
    const uri = path.join(world.root, 'rec', 'a.ts');
    await writeFile(uri, transportStream(1));
    const cache = await world.open();
    const segment = await lease(cache, archiveOf([{ uri }]), 0, 2);
    const whole = archiveOf([], { type: 'file', uri, durationMs: 10_000 });
    const file = await lease(cache, whole, 1, 3);
    expect(segment).toMatchObject({ parts: [{ path: uri }], bytesFetched: 0, bytesNeeded: 20 * 188 });
    expect(file.parts).toEqual([{ path: uri, startMs: 0, durationMs: 10_000, discontinuity: false }]);
    expect(await world.files()).toEqual([]);
    await expect(lease(cache, whole, 1, 12)).rejects.toMatchObject({ code: 'media-gone' });
  });

  it('joins local fMP4 segments with their initialisation section, without any fetch', async () => {
    await using world = await cacheWorld();
    const write = async (name: string, bytes: Buffer) => {
      const file = path.join(world.root, name);
      await writeFile(file, bytes);
      return { uri: file, byteOffset: null, byteLength: null, key: null };
    };
    const init = await write('init.mp4', initSection());
    const media = await write('a.m4s', fragment());
    const held = await lease(
      await world.open(),
      withSegments(archiveOf([{}]), () => ({ init, media })),
      0,
      2,
    );
    expect(await contents(held)).toEqual(Buffer.concat([initSection(), fragment()]));
    expect(held).toMatchObject({ bytesFetched: 0, bytesNeeded: fragment().length });
  });
});

describe('what the archive does not hold', () => {
  it('is named: a gap, and what is not archived', async () => {
    await using world = await cacheWorld();
    const cache = await world.open();
    const archive = archiveOf([{}, { gap: true }, {}]);
    await expect(lease(cache, archive, 0, 5)).rejects.toMatchObject({ code: 'media-gone', message: /gap/ });
    await expect(lease(cache, archive, 5, 9)).rejects.toMatchObject({ code: 'media-gone' });
    await expect(lease(cache, archive, 10, 12)).rejects.toMatchObject({ code: 'media-gone' });
    expect(world.origin.log).toEqual([]);
  });
});

describe('nothing half-right under a final name', () => {
  const good = transportStream(3);
  const cutBox = Buffer.concat([box('styp', 16), box('moof', 100), box('mdat', 5000).subarray(0, 900)]);
  it.each([
    ['404', { status: 404 }, 'media-gone'],
    ['a truncated body', { body: good, cutAfter: 1000 }, 'unavailable'],
    ['a body that stalls', { body: good, stallAfter: 1000 }, 'timeout'],
    ['a body cut without a declared length', { body: good, cutAfter: 1000, closeDelimited: true }, 'unavailable'],
    ['HTML for a segment', { body: '<!DOCTYPE html><p>Sign in' }, 'media'],
    ['a playlist for a segment', { body: '#EXTM3U\n#EXTINF:2,\nhttp://169.254.169.254/' }, 'media'],
    ['an empty body', { body: '' }, 'media'],
    ['a box cut in the middle', { body: cutBox }, 'media'],
    ['TS out of step', { body: good.subarray(7) }, 'media'],
  ])('%s: a typed error, no file, no reservation left', async (_, answer, code) => {
    await using world = await cacheWorld(code === 'timeout' ? { limits: { stallMs: 100 } } : {});
    const archive = archiveOf([{ uri: world.origin.set('/s.ts', answer) }]);
    await expect(lease(await world.open(), archive, 0, 2)).rejects.toMatchObject({ code });
    expect(await world.files()).toEqual([]);
    expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
  });

  it('is cleaned up when it is stopped in the middle of a body', async () => {
    await using world = await cacheWorld({ limits: { stallMs: 60_000 } });
    const archive = archiveOf([{ uri: world.origin.set('/s.ts', { body: good, stallAfter: 1000 }) }]);
    const cache = await world.open();
    const reading = lease(cache, archive, 0, 2);
    const rejected = expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await world.origin.asked('/s.ts');
    await cache.close();
    await rejected;
    expect(await world.files()).toEqual([]);
    expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
  });

  it('heals an origin’s hiccup by trying again', async () => {
    await using world = await cacheWorld();
    const archive = archiveOf([{ uri: world.origin.set('/s.ts', { body: good, status: 500, times: 2 }) }]);
    expect(await contents(await lease(await world.open(), archive, 0, 2))).toEqual(good);
  });

  it('is what a start after kill -9 finds: part files go, the ledger follows the disk', async () => {
    await using world = await cacheWorld();
    await mkdir(world.folder);
    await writeFile(path.join(world.folder, `${'ab'.repeat(32)}.part`), 'half');
    await world.ledger.reconcile('node:media-cache', 999_999);
    await world.open();
    expect(await world.files()).toEqual([]);
    expect((await world.usage()).used).toBe(0);
  });
});
