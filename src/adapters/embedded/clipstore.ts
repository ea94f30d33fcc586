import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { keySegments } from '../../domain/clipkey.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ClipStore, ListedFile, PutOptions, StoredFile } from '../../ports/clipstore.ts';
import { fileCode, fileError, isThere, makeFolder, nameOnce, sha256Of, sync } from './durablefiles.ts';

const partsFolder = '.parts';
/** Tells this process's part files from those of an earlier process with the same id. */
const session = randomUUID();

/**
 * A clip store in a folder, made when it is missing; several processes may use it. A file has its final name only once
 * it is whole, verified and on the disk. Part files that a crash has left are removed here. Rejects with `config`,
 * `space` or `unavailable`.
 */
export async function openClipStore(folder: string): Promise<ClipStore> {
  const root = resolve(folder);
  const parts = join(root, partsFolder);
  try {
    await mkdir(parts, { recursive: true });
    await removeStrays(parts);
  } catch (error) {
    throw fileError(error, root);
  }
  return new FolderClipStore(root, parts);
}

class FolderClipStore implements ClipStore {
  readonly #root: string;
  readonly #parts: string;

  constructor(root: string, parts: string) {
    this.#root = root;
    this.#parts = parts;
  }

  async put(key: string, path: string, { landing, taken }: PutOptions = {}): Promise<StoredFile> {
    const final = this.#path(key);
    const part = join(this.#parts, `${process.pid}.${session}.${randomUUID()}`);
    try {
      if (!(await isThere(final))) {
        await copyVerified(path, part);
        await makeFolder(this.#root, dirname(final));
        await landing?.();
        if (await nameOnce(part, final)) await sync(dirname(final));
        else await taken?.();
      }
      return await describe(key, final);
    } catch (error) {
      throw fileError(error, final);
    } finally {
      await rm(part, { force: true });
    }
  }

  async stat(key: string): Promise<StoredFile | undefined> {
    const path = this.#path(key);
    return (await isThere(path)) ? describe(key, path) : undefined;
  }

  async open(key: string): Promise<string> {
    const path = this.#path(key);
    if (await isThere(path)) return path;
    throw new CliptideError('media-gone', 'the clip store does not hold this file', {
      where: path,
      hint: 'it was deleted, or is in the folder of another process: in a cluster all need the same clipsDir',
    });
  }

  async delete(key: string): Promise<boolean> {
    const path = this.#path(key);
    try {
      await unlink(path);
      await sync(dirname(path));
      return true;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(fileCode(error))) return false;
      throw fileError(error, path);
    }
  }

  async list(folder: string): Promise<readonly ListedFile[]> {
    const path = this.#path(folder);
    try {
      const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile());
      const files = await Promise.all(entries.map(({ name }) => listed(`${folder}/${name}`, join(path, name))));
      const there = files.filter((file) => file !== undefined);
      return there.sort((a, b) => a.storedAtMs - b.storedAtMs || (a.key < b.key ? -1 : 1));
    } catch (error) {
      if (fileCode(error) === 'ENOENT') return [];
      throw fileError(error, path);
    }
  }

  #path(key: string): string {
    return join(this.#root, ...keySegments(key));
  }
}

async function copyVerified(from: string, part: string): Promise<void> {
  await copyFile(from, part, constants.COPYFILE_FICLONE);
  await sync(part);
  const [wanted, stored] = await Promise.all([sha256Of(from), sha256Of(part)]);
  if (wanted === stored) return;
  throw new CliptideError('corrupt', 'the copy differs from the file', {
    where: from,
    hint: 'something changed the file meanwhile, or the disk is failing',
  });
}

/** Undefined for a file that has gone meanwhile. */
async function listed(key: string, path: string): Promise<ListedFile | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { key, bytes: size, storedAtMs: Math.round(mtimeMs) };
  } catch (error) {
    if (fileCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function describe(key: string, path: string): Promise<StoredFile> {
  return { key, bytes: (await stat(path)).size, sha256: await sha256Of(path) };
}

/** Removes what processes that are gone have left. */
async function removeStrays(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    const [pid, owner] = name.split('.');
    const isOurs = owner === session;
    const isLive = Number(pid) !== process.pid && isRunning(Number(pid));
    if (!isOurs && !isLive) await rm(join(parts, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
