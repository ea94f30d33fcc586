import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { CliptideError } from '../../domain/errors.ts';
import { damaged, type Manifest, type ManifestFile, manifestName, parseManifest } from './manifest.ts';
import { blockBytes, entryOf, paddingOf } from './tar.ts';

const longestManifest = 1 << 20;

/**
 * Unpacks an archive into a folder, and holds every file against the manifest. Rejects with `input` for one that is
 * damaged, with `config` for one of a newer version; what was unpacked until then is the caller's to remove.
 */
export async function unpack(file: string, folder: string, version: string): Promise<Manifest> {
  const bytes = new Bytes(file);
  try {
    const manifest = await readManifest(bytes, file, version);
    for (const entry of manifest.files) await readFile(bytes, entry, file, folder);
    // To the end, where gzip's own checksum stands.
    if (!(await bytes.isOver())) throw damaged(file, 'it holds more than its manifest says');
    return manifest;
  } catch (error) {
    if (error instanceof CliptideError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
      throw new CliptideError('usage', `the backup cannot be read (${code})`, {
        where: file,
        hint: 'name the file that "cliptide backup" has written, with --from',
        cause: error,
      });
    }
    if (code === 'ENOSPC') throw new CliptideError('space', 'the disk is full', { where: folder, cause: error });
    throw damaged(file, error instanceof Error ? error.message : String(error), error);
  } finally {
    bytes.close();
  }
}

async function readManifest(bytes: Bytes, file: string, version: string): Promise<Manifest> {
  const entry = entryOf(await bytes.take(blockBytes));
  if (entry?.name !== manifestName || entry.bytes > longestManifest)
    throw damaged(file, 'it does not begin with a manifest');
  const text = await bytes.take(entry.bytes);
  await bytes.take(paddingOf(entry.bytes));
  return parseManifest(text, file, version);
}

async function readFile(bytes: Bytes, wanted: ManifestFile, file: string, folder: string): Promise<void> {
  const entry = entryOf(await bytes.take(blockBytes));
  if (entry?.name !== wanted.name || entry.bytes !== wanted.bytes)
    throw damaged(file, `${wanted.name} is not in its place`);
  const path = join(folder, wanted.name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for await (const chunk of bytes.pieces(wanted.bytes)) {
      hash.update(chunk);
      await handle.write(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== wanted.sha256) throw damaged(file, `${wanted.name} is not what was backed up`);
  await bytes.take(paddingOf(wanted.bytes));
}

/** The bytes of a gzipped file, as many at a time as are asked for. */
class Bytes {
  readonly #stream;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#stream = createReadStream(file);
    const gunzip = createGunzip();
    // A file that cannot be read ends the reading of its bytes with the same error.
    this.#stream.on('error', (error) => gunzip.destroy(error));
    this.#chunks = this.#stream.pipe(gunzip)[Symbol.asyncIterator]();
  }

  close(): void {
    this.#stream.destroy();
  }

  /** Rejects where there are fewer. */
  async take(count: number): Promise<Buffer> {
    const taken: Buffer[] = [];
    for await (const piece of this.pieces(count)) taken.push(piece);
    return Buffer.concat(taken);
  }

  /** Whether nothing but the end of the archive follows. */
  async isOver(): Promise<boolean> {
    let isEmpty = this.#rest.every((byte) => byte === 0);
    for (let next = await this.#chunks.next(); next.done !== true; next = await this.#chunks.next()) {
      isEmpty &&= next.value.every((byte) => byte === 0);
    }
    return isEmpty;
  }

  async *pieces(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw new RangeError('it ends too early');
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}
