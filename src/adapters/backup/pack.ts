import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { archiveFormat, type Manifest, type ManifestFile, manifestName } from './manifest.ts';
import { endOfArchive, headerOf, paddingOf } from './tar.ts';

export interface PackOptions {
  /** Folder that the files lie in, under the names that they have in the archive. */
  readonly folder: string;
  readonly names: readonly string[];
  /** The archive; it appears under this name once it is whole and on the disk. */
  readonly file: string;
  readonly of: Manifest['of'];
  readonly version: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Packs files into one gzipped tar archive, readable by its owner only, that begins with their manifest. */
export async function pack(options: PackOptions): Promise<Manifest> {
  const { folder, names, file, of, version, nowMs, signal } = options;
  const files: ManifestFile[] = [];
  for (const name of names) files.push(await described(folder, name));
  const createdAt = new Date(nowMs).toISOString();
  const manifest: Manifest = { format: archiveFormat, cliptide: version, of, createdAt, files };
  const part = `${file}.part`;
  try {
    const blocks = Readable.from(blocksOf(folder, manifest, nowMs));
    await pipeline(blocks, createGzip(), createWriteStream(part, { mode: 0o600, flush: true }), { signal });
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return manifest;
}

async function described(folder: string, name: string): Promise<ManifestFile> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer);
  const { size: bytes } = await stat(join(folder, name));
  return { name, bytes, sha256: hash.digest('hex') };
}

async function* blocksOf(folder: string, manifest: Manifest, nowMs: number): AsyncGenerator<Buffer> {
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  yield headerOf({ name: manifestName, bytes: text.length }, nowMs);
  yield text;
  yield Buffer.alloc(paddingOf(text.length));
  for (const entry of manifest.files) {
    yield headerOf(entry, nowMs);
    for await (const chunk of createReadStream(join(folder, entry.name))) yield chunk as Buffer;
    yield Buffer.alloc(paddingOf(entry.bytes));
  }
  yield endOfArchive;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
