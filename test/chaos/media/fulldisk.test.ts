import { appendFileSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf } from '../../support/archiveviews.ts';
import { openCacheAt, scope } from '../../support/mediacaches.ts';
import { transportStream } from '../../support/segments.ts';
import { smallDisk } from '../../support/smalldisk.ts';

const mebibyte = 1024 * 1024;
const disk = smallDisk(24 * mebibyte);
afterAll(() => disk?.[Symbol.dispose]());
if (disk === undefined) console.warn('skipped: promise 15 on a small disk, which needs the right to mount one');

const body = transportStream(1, Math.floor(mebibyte / 188));
const segments = 31;
/** Sends the first half of a segment and waits for the word where one is held back. */
let held: ServerResponse | undefined;
let isHolding = false;
const origin = http.createServer((_, response) => {
  response.writeHead(200, { 'content-length': String(body.length) });
  if (!isHolding) {
    response.end(body);
    return;
  }
  held = response;
  response.write(body.subarray(0, body.length >> 1));
});

describe.skipIf(disk === undefined)('promise 15: a disk of 24 MiB', () => {
  const root = disk?.folder ?? '';
  let archive = archiveOf([]);
  beforeAll(async () => {
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    archive = archiveOf(Array.from({ length: segments }, (_, k) => ({ uri: `${url}/s${k}.ts` })));
  });
  afterAll(() => {
    origin.closeAllConnections();
    origin.close();
  });

  const otherFile = join(root, 'of-others');
  const files = (): string[] => readdirSync(join(root, 'media')).filter((name) => !name.endsWith('.ts'));
  const cached = (): number => {
    const names = readdirSync(join(root, 'media')).filter((name) => name.endsWith('.ts'));
    return names.reduce((sum, name) => sum + Math.ceil(statSync(join(root, 'media', name)).size / 4096) * 4096, 0);
  };
  const free = (): number => {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  };

  /** Another user takes all that is left, whoever writes at the same time. */
  const fill = (): void => {
    try {
      while (true) appendFileSync(otherFile, Buffer.alloc(4096));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  };

  test('holds its floor beside another user of the disk, evicts for it, and lives on', async () => {
    await using node = await openCacheAt(root, {}, 4 * mebibyte);
    const lease = (from: number, to: number) =>
      node.cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'render' });
    // 30 MiB in turns through a disk of 24: what is not in use makes room.
    for (let k = 0; k < segments - 1; k += 1) await (await lease(2 * k, 2 * k + 2)).release();
    expect(free()).toBeGreaterThanOrEqual(4 * mebibyte);

    const pinned = await lease(50, 60);

    writeFileSync(otherFile, Buffer.alloc(free() - 2 * mebibyte));
    await expect(lease(0, 30)).rejects.toMatchObject({ code: 'space' });
    // Fetches of its other segments are called off, which takes its time.
    await expect.poll(files, { interval: 5 }).toEqual([]);
    expect(
      pinned.parts.every(({ path }) => readdirSync(join(root, 'media')).includes(path.split('/').at(-1) ?? '')),
    ).toBe(true);
    rmSync(otherFile);
    await (await lease(0, 10)).release();
    await pinned.release();
  });

  test('cleans up after a write that found the disk full', async () => {
    await using node = await openCacheAt(root, {}, 0);
    isHolding = true;
    const refused = node.cache.lease({ archive, fromMs: 60_000, toMs: 62_000, purpose: 'render' });
    const failed = expect(refused).rejects.toMatchObject({ code: 'space' });
    await expect.poll(() => files().length, { interval: 5 }).toBeGreaterThan(0);
    fill();
    held?.end(body.subarray(body.length >> 1));
    await failed;
    expect(files()).toEqual([]);
    rmSync(otherFile);
    // What the ledger could not note on the full disk is noted with the next beat.
    const usage = () => node.ledger.usage(scope);
    await expect.poll(usage, { timeout: 30_000 }).toMatchObject({ used: cached(), reserved: 0 });
    isHolding = false;
    await (await node.cache.lease({ archive, fromMs: 60_000, toMs: 62_000, purpose: 'render' })).release();
  });
});
