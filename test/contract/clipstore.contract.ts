import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import type { ClipStore } from '../../src/ports/clipstore.ts';

export interface ClipStoreHarness {
  /** An empty store. */
  readonly store: ClipStore;
  /** Another store over the same data, as another process has it. */
  again(): Promise<ClipStore>;
  /** Of many that delete a file at once, every one may be told that it was them. */
  readonly tellsAll?: true;
  /** How far apart two puts are that the store tells apart in time, in milliseconds. */
  readonly apartMs: number;
  close(): Promise<void>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What every clip store must do. `open` gives an empty one, for each test. */
export function clipStoreContract(name: string, open: () => Promise<ClipStoreHarness>): void {
  describe(`clip store: ${name}`, () => {
    let harness: ClipStoreHarness;
    let folder: string;
    beforeEach(async () => {
      harness = await open();
      folder = mkdtempSync(join(tmpdir(), 'cliptide-clips-'));
    });
    afterEach(async () => {
      await harness.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const file = (text: string, name = 'clip.mp4'): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    storing(() => harness, file);
    refusing(() => harness, file);
  });
}

type MakeFile = (text: string, name?: string) => string;

function storing(harness: () => ClipStoreHarness, file: MakeFile): void {
  it('keeps a file with its length and checksum, for every process', async () => {
    const stored = { key: 'channel-1/clip_a.mp4', bytes: 5, sha256: sha256('movie') };
    expect(await harness().store.put(stored.key, file('movie'))).toEqual(stored);
    for (const store of [harness().store, await harness().again()]) {
      expect(await store.stat(stored.key)).toEqual(stored);
      expect(readFileSync(await store.open(stored.key), 'utf8')).toBe('movie');
    }
  });

  it('asks before a file gets its name, and stores nothing where that is refused', async () => {
    const { store } = harness();
    const refusing = async (): Promise<void> => Promise.reject(new CliptideError('fenced', 'no longer ours'));
    await expect(store.put('clip.mp4', file('movie'), { landing: refusing })).rejects.toThrow('no longer ours');
    expect(await store.stat('clip.mp4')).toBeUndefined();
    let seen: unknown = 'not asked';
    const landing = async (): Promise<void> => {
      seen = await store.stat('clip.mp4');
    };
    await store.put('clip.mp4', file('movie'), { landing });
    expect(seen).toBeUndefined();
  });

  it('tells who asked and came too late that what is there is not theirs', async () => {
    const paths = Array.from({ length: 6 }, (_, index) => file(`take ${index}`, `${index}.mp4`));
    let [landed, taken] = [0, 0];
    const count = { landing: async () => void landed++, taken: async () => void taken++ };
    const other = await harness().again();
    await Promise.all(paths.map((path, n) => (n % 2 === 0 ? harness().store : other).put('clip.mp4', path, count)));
    expect(landed - taken).toBe(1);
  });

  it('tells one of many that delete a file at once that it was them', async () => {
    const { store } = harness();
    await store.put('a/clip.mp4', file('movie'));
    const other = await harness().again();
    const told = await Promise.all([store, other, store, other].map((one) => one.delete('a/clip.mp4')));
    const removers = told.filter((removed) => removed).length;
    expect(removers).toBeGreaterThan(0);
    if (harness().tellsAll === undefined) expect(removers).toBe(1);
    expect(await store.delete('a/never.mp4')).toBe(false);
  });

  it('keeps what is there when the key is put again', async () => {
    await harness().store.put('clip.mp4', file('first'));
    expect(await harness().store.put('clip.mp4', file('second'))).toMatchObject({ sha256: sha256('first') });
    expect(readFileSync(await harness().store.open('clip.mp4'), 'utf8')).toBe('first');
  });

  it('keeps one of many that are put under a key at once, and tells all of them which', async () => {
    const paths = Array.from({ length: 8 }, (_, index) => file(`take ${index}`.repeat(1_000), `${index}.mp4`));
    const other = await harness().again();
    const stored = await Promise.all(
      paths.map((path, index) => (index % 2 === 0 ? harness().store : other).put('a/b/clip.mp4', path)),
    );
    const kept = readFileSync(await harness().store.open('a/b/clip.mp4'), 'utf8');
    expect(new Set(stored.map((one) => one.sha256))).toEqual(new Set([sha256(kept)]));
  });

  it('says that it does not hold what it does not hold', async () => {
    expect(await harness().store.stat('missing.mp4')).toBeUndefined();
    await expect(harness().store.open('missing.mp4')).rejects.toMatchObject({ code: 'media-gone' });
  });

  it('deletes for good, twice without harm, and takes the key again', async () => {
    await harness().store.put('clip.mp4', file('first'));
    await harness().store.delete('clip.mp4');
    await harness().store.delete('clip.mp4');
    expect(await harness().store.stat('clip.mp4')).toBeUndefined();
    expect(await harness().store.put('clip.mp4', file('second'))).toMatchObject({ sha256: sha256('second') });
  });

  it('lists what lies directly in a folder, oldest first, and nothing for one that is not there', async () => {
    await harness().store.put('events/b.avro', file('first'));
    await new Promise((resolve) => setTimeout(resolve, harness().apartMs));
    await harness().store.put('events/a.avro', file('second one'));
    await harness().store.put('events/deeper/c.avro', file('third'));
    await harness().store.put('clip.mp4', file('movie'));
    const listed = await harness().store.list('events');
    expect(listed.map(({ key, bytes }) => [key, bytes])).toEqual([
      ['events/b.avro', 5],
      ['events/a.avro', 10],
    ]);
    expect(await harness().store.list('nothing')).toEqual([]);
  });

  it('holds nothing under a key whose file could not be read', async () => {
    await expect(harness().store.put('clip.mp4', '/nowhere/at/all.mp4')).rejects.toThrow();
    expect(await harness().store.stat('clip.mp4')).toBeUndefined();
  });
}

function refusing(harness: () => ClipStoreHarness, file: MakeFile): void {
  const bad = ['', '.', '..', '../x', 'a/../../x', '/etc/passwd', 'a//b', 'a\\b', '.hidden', 'a/.b', 'a\0b', 'a/', 'ü'];

  it.each(bad)('refuses the key %j in everything that it does', async (key) => {
    const path = file('movie');
    const { store } = harness();
    for (const attempt of [
      () => store.put(key, path),
      () => store.open(key),
      () => store.stat(key),
      () => store.delete(key),
      () => store.list(key),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('never reaches a file outside, whatever the key', async () => {
    const outside = file('outside', 'outside.mp4');
    const part = fc.constantFrom('..', '.', '/', 'tmp', 'outside.mp4', '%2e%2e', '\\', '~', ' ');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        await harness()
          .store.delete(parts.join('/'))
          .catch(() => undefined);
        expect(existsSync(outside)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
}
