import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { clipFolder } from '../../../src/domain/ids.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { startMediaPipeline } from '../../support/mediapipeline.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { transportStream } from '../../support/segments.ts';
import { smallDisk } from '../../support/smalldisk.ts';

const mebibyte = 1024 * 1024;
const disk = smallDisk(48 * mebibyte);
afterAll(() => disk?.[Symbol.dispose]());
if (disk === undefined) console.warn('skipped: the floor under clips, which needs the right to mount a small disk');

const floor = 8 * mebibyte;
const body = transportStream(1, Math.floor(mebibyte / 188));
const logger = pinoLogger({ level: 'silent' });

describe.skipIf(disk === undefined)('promise 15: a clip, on a disk that others have filled to its floor', () => {
  const root = disk?.folder ?? '';
  const free = (): number => {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  };

  test('is worth more than cached media that nobody uses, which can be fetched again; what is leased stays', async () => {
    const folder = join(root, 'data');
    mkdirSync(folder);
    const lifecycle = new Lifecycle(logger);
    await using origin = await CountingOrigin.start();
    const uris = Array.from({ length: 10 }, (_, k) => ({ uri: origin.set(`/s${k}.ts`, { body }) }));
    try {
      const overrides = { freeSpaceFloorBytes: floor, cacheCapBytes: 16 * mebibyte, dataCapBytes: 200 * mebibyte };
      const setup = { folder, origin: origin.url, overrides, preset: 'source', logger };
      const { media } = await startMediaPipeline(setup, lifecycle);
      const archive = archiveOf(uris);
      const whole = { archive, fromMs: 0, toMs: 20_000, purpose: 'render' } as const;
      const put = async (name: string): Promise<void> => {
        const made = join(root, 'made.mp4');
        writeFileSync(made, Buffer.alloc(3 * mebibyte));
        await media.clips.put(`${clipFolder('channel')}/${name}.mp4`, made, { channelId: 'channel' });
      };
      const cached = (): number => readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.ts')).length;

      const inUse = await media.cache.lease(whole);
      writeFileSync(join(root, 'of-others'), Buffer.alloc(free() - floor - 4 * mebibyte));
      await expect(put('a')).rejects.toMatchObject({ code: 'space' });
      expect(cached()).toBe(10);

      await inUse.release();
      await put('a');
      expect(cached()).toBeLessThan(10);
      expect(cached()).toBeGreaterThan(0);
      expect(free()).toBeGreaterThanOrEqual(floor);
      rmSync(join(root, 'made.mp4'));
    } finally {
      await lifecycle.stop(10_000);
    }
  });
});
