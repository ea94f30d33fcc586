import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inUseMs } from '../../../src/adapters/s3/copies.ts';
import { MeddledBucket } from '../../support/s3bucket.ts';
import { describeWithServices } from '../../support/services.ts';

describeWithServices(['s3'], 'local copies of what is in a bucket', (addressOf) => {
  let line: MeddledBucket;
  let folder: string;
  beforeEach(async () => {
    line = await MeddledBucket.make(addressOf('s3'));
    folder = join(line.bucket.folder, 'copies');
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(line.movie, name.repeat(1_000));
      await line.store.put(`clips/${name}.mp4`, line.movie);
    }
  });
  afterEach(() => line.close());

  const capped = (capBytes: number, floorBytes = 0) =>
    line.bucket.store({ copies: { folder, capBytes, floorBytes } }, line.url);
  const reads = (): number => line.meddler.asked.filter((asked) => /^GET .*mp4/.test(asked)).length;
  /** As if nobody had used it for long. */
  const age = (path: string, byMs: number): void => {
    const at = new Date(Date.now() - inUseMs - byMs);
    utimesSync(path, at, at);
  };
  const names = (): string[] => readdirSync(folder).map((name) => name.slice(33));

  it('are fetched once, however many ask', async () => {
    const store = capped(10_000);
    const before = reads();
    const paths = await Promise.all(Array.from({ length: 5 }, () => store.open('clips/a.mp4')));
    expect(new Set(paths).size).toBe(1);
    await capped(10_000).open('clips/a.mp4');
    expect(reads() - before).toBe(1);
  });

  it('stay under their cap: those not used for longest go', async () => {
    const store = capped(2_500);
    age(await store.open('clips/a.mp4'), 1_000);
    age(await store.open('clips/b.mp4'), 2_000);
    await store.open('clips/c.mp4');
    expect(names().sort()).toEqual(['a.mp4', 'c.mp4']);
  });

  it('are not taken away from who was just given them: then there is no room', async () => {
    const store = capped(2_500);
    const path = await store.open('clips/a.mp4');
    await store.open('clips/b.mp4');
    await expect(store.open('clips/c.mp4')).rejects.toMatchObject({ code: 'budget' });
    expect(readFileSync(path, 'utf8')).toBe('a'.repeat(1_000));
  });

  it('asked for at once do not exceed their cap together', async () => {
    const store = capped(2_500);
    const opened = await Promise.allSettled(['a', 'b', 'c'].map((name) => store.open(`clips/${name}.mp4`)));
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(names()).toHaveLength(2);
  });

  it('leave the free space that is to be left', async () => {
    await expect(capped(10_000, Number.MAX_SAFE_INTEGER).open('clips/a.mp4')).rejects.toMatchObject({ code: 'space' });
    expect(names()).toEqual([]);
  });

  it('go with what is deleted, and are another for another content', async () => {
    const store = capped(10_000);
    await store.open('clips/a.mp4');
    await store.delete('clips/a.mp4');
    expect(names()).toEqual([]);
    writeFileSync(line.movie, 'another take');
    await store.put('clips/a.mp4', line.movie);
    expect(readFileSync(await store.open('clips/a.mp4'), 'utf8')).toBe('another take');
  });

  it('need not be made for who may have a link', async () => {
    expect(line.store.link).toBeUndefined();
    const store = line.bucket.store({ linkSeconds: 60 });
    const link = new URL((await store.link?.('clips/a.mp4')) ?? '');
    expect(link.searchParams.get('X-Amz-Expires')).toBe('60');
    expect(await (await fetch(link)).text()).toBe('a'.repeat(1_000));
    await expect(store.link?.('../a.mp4')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
