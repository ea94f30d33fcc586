import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClipStore } from '../../src/adapters/embedded/clipstore.ts';
import { temporaryFolder } from '../support/embeddedlog.ts';
import { clipStoreContract } from './clipstore.contract.ts';

clipStoreContract('a folder', async () => {
  const folder = temporaryFolder();
  return {
    store: await openClipStore(folder),
    again: () => openClipStore(folder),
    apartMs: 20,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('a clip store in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('removes the part files of a process that is gone, and leaves those of one that still runs', async () => {
    mkdirSync(join(folder, '.parts'));
    const gone = join(folder, '.parts', '999999999.session.part');
    const mine = join(folder, '.parts', `${process.pid}.another-session.part`);
    const running = join(folder, '.parts', `${process.ppid}.session.part`);
    for (const path of [gone, mine, running]) writeFileSync(path, 'half a movie');
    await openClipStore(folder);
    expect([gone, mine, running].map((path) => existsSync(path))).toEqual([false, false, true]);
  });

  it('leaves no part file behind, neither after a success nor after a failure', async () => {
    const store = await openClipStore(folder);
    writeFileSync(join(folder, 'movie'), 'movie');
    await store.put('a/clip.mp4', join(folder, 'movie'));
    await store.put('a/clip.mp4', join(folder, 'movie'));
    await expect(store.put('b/clip.mp4', folder)).rejects.toThrow();
    await expect(store.put('c/clip.mp4', join(folder, 'missing'))).rejects.toMatchObject({ code: 'config' });
    expect(readdirSync(join(folder, '.parts'))).toEqual([]);
    expect(existsSync(join(folder, 'b', 'clip.mp4'))).toBe(false);
  });

  it('leaves the file that it was given where it is', async () => {
    const store = await openClipStore(folder);
    writeFileSync(join(folder, 'movie'), 'movie');
    await store.put('clip.mp4', join(folder, 'movie'));
    writeFileSync(join(folder, 'movie'), 'changed afterwards');
    expect(readFileSync(await store.open('clip.mp4'), 'utf8')).toBe('movie');
  });

  it('says what to do when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openClipStore(join(folder, 'file', 'clips'))).rejects.toMatchObject({ code: 'config' });
  });
});
