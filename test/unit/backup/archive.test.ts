import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pack } from '../../../src/adapters/backup/pack.ts';
import { entryOf, headerOf } from '../../../src/adapters/backup/tar.ts';
import { unpack } from '../../../src/adapters/backup/unpack.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-archive-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const folder = join(work, 'from');
mkdirSync(join(folder, 'results'), { recursive: true });
const contents: Readonly<Record<string, Buffer>> = {
  'log.db': Buffer.alloc(1_300_001, 'abc'),
  'user.key': Buffer.from('a secret\n'),
  'results/clips.ndjson': Buffer.alloc(512, '{'),
  'results/runs.ndjson': Buffer.alloc(0),
};
for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);

let count = 0;
const fresh = (): string => join(work, `into-${count++}`);
const packed = async (names = Object.keys(contents), version = '1.2.3'): Promise<string> => {
  const file = join(work, `backup-${count++}.tgz`);
  const signal = new AbortController().signal;
  await pack({ folder, names, file, of: 'data folder', version, nowMs: 1_700_000_000_000, signal });
  return file;
};
const unpacked = async (file: string): Promise<string> => {
  const into = fresh();
  mkdirSync(into);
  await unpack(file, into, '1.2.3');
  return into;
};

describe('a backup', () => {
  it('gives back what was packed, for its owner only, and is a tar archive that anyone can look into', async () => {
    const file = await packed();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const into = await unpacked(file);
    for (const [name, bytes] of Object.entries(contents)) {
      expect(readFileSync(join(into, name)).equals(bytes), name).toBe(true);
      expect(statSync(join(into, name)).mode & 0o777).toBe(0o600);
    }
    const listed = execFileSync('tar', ['tzf', file], { encoding: 'utf8' }).trim().split('\n');
    expect(listed).toEqual(['manifest.json', ...Object.keys(contents)]);
  });

  it('is refused wherever a byte of it is flipped or missing', async () => {
    const whole = readFileSync(await packed(['user.key', 'results/clips.ndjson']));
    const broken = join(work, 'broken.tgz');
    for (let at = 0; at < whole.length; at += 7) {
      // Bytes 4 to 9 of gzip's header (a time, flags, a system) say nothing of the content.
      if (at >= 4 && at < 10) continue;
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
      writeFileSync(broken, bytes);
      await expect(unpacked(broken), `flipped ${at}`).rejects.toMatchObject({ code: 'input' });
    }
    for (const length of [0, 5, 100, whole.length - 9]) {
      writeFileSync(broken, whole.subarray(0, length));
      await expect(unpacked(broken), `cut at ${length}`).rejects.toMatchObject({ code: 'input' });
    }
  });

  it('is refused when it is of a newer version, and taken when it is of an older one', async () => {
    await expect(unpacked(await packed(undefined, '1.3.0'))).rejects.toMatchObject({ code: 'config' });
    expect(readdirSync(await unpacked(await packed(undefined, '1.2.0')))).toContain('log.db');
  });

  it('lands nowhere but in its own files', async () => {
    writeFileSync(join(work, 'evil'), 'x');
    await expect(unpacked(await packed(['../evil']))).rejects.toMatchObject({ code: 'input' });
    expect(existsSync(join(work, 'from', 'evil'))).toBe(false);
  });

  it('leaves nothing behind when it is ended', async () => {
    const file = join(work, 'ended.tgz');
    const signal = AbortSignal.abort(new Error('ended'));
    const options = { folder, names: ['log.db'], file, of: 'data folder', version: '1', nowMs: 0, signal } as const;
    await expect(pack(options)).rejects.toThrow();
    expect(readdirSync(work).filter((name) => name.startsWith('ended'))).toEqual([]);
  });

  it('can hold files of more than 8 GiB', () => {
    const entry = { name: 'log.db', bytes: 20 * 2 ** 30 + 1 };
    expect(entryOf(headerOf(entry, 0))).toEqual(entry);
  });
});
