import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { StoredFile } from '../../ports/clipstore.ts';

export interface CopiesOptions {
  /** Made when the first copy is. */
  readonly folder: string;
  /** Most bytes that the copies may have, those on their way counted whole. */
  readonly capBytes: number;
  /** Free space that is left on the disk. */
  readonly floorBytes: number;
}

/** Whoever was just given a path may not have opened the file yet. */
export const inUseMs = 600_000;
const partPrefix = '.part-';

/**
 * Local copies of a bucket's files, named by their content, under a cap: those not used for longest go first. Several
 * processes may share the folder; a copy has its name only when it is whole.
 */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #coming = new Map<string, Promise<string>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** The copy's path, which stays for ten minutes; `fetch` fills a file that has its length already. */
  async open(stored: StoredFile, fetch: (path: string) => Promise<void>): Promise<string> {
    const path = this.#path(stored);
    const coming = this.#coming.get(path) ?? this.#bring(stored, path, fetch);
    this.#coming.set(path, coming);
    try {
      return await coming;
    } finally {
      this.#coming.delete(path);
    }
  }

  async drop(stored: StoredFile): Promise<void> {
    await rm(this.#path(stored), { force: true });
  }

  async #bring(stored: StoredFile, path: string, fetch: (path: string) => Promise<void>): Promise<string> {
    if (await touch(path)) return path;
    const part = join(this.#options.folder, `${partPrefix}${randomUUID()}`);
    try {
      await this.#inTurn(() => this.#admit(part, stored));
      await fetch(part);
      // A look at the folder meanwhile could see neither name.
      await this.#inTurn(() => rename(part, path));
      return path;
    } finally {
      await rm(part, { force: true });
    }
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Makes room, and takes it by a file of the full length, which other processes see. */
  async #admit(part: string, { key, bytes }: StoredFile): Promise<void> {
    const { folder, capBytes, floorBytes } = this.#options;
    await mkdir(folder, { recursive: true });
    const there = await copiesIn(folder);
    let used = there.reduce((sum, copy) => sum + copy.bytes, 0);
    for (const copy of there.filter(({ usedAtMs }) => usedAtMs < Date.now() - inUseMs)) {
      if (used + bytes <= capBytes) break;
      await rm(copy.path, { force: true });
      used -= copy.bytes;
    }
    if (used + bytes > capBytes) {
      throw new CliptideError(
        'budget',
        `no room for a local copy of ${bytes} bytes: ${used} of ${capBytes} are in use`,
        {
          where: key,
          hint: 'raise dataCapBytes, or try again in ten minutes, when copies may go',
        },
      );
    }
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize - bytes < floorBytes) {
      throw new CliptideError('space', 'a local copy would leave less free space than the floor', {
        where: folder,
        hint: 'free some space on this disk, or lower freeSpaceFloorBytes',
      });
    }
    const file = await open(part, 'wx');
    await file.truncate(bytes).finally(() => file.close());
  }

  #path({ key, sha256 }: StoredFile): string {
    return join(this.#options.folder, `${sha256.slice(0, 32)}-${basename(key)}`);
  }
}

/** Notes that a copy is used; says whether it is there. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

interface Copy {
  readonly path: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** Copies and parts, those not used for longest first. */
async function copiesIn(folder: string): Promise<readonly Copy[]> {
  const names = await readdir(folder);
  const found = await Promise.all(names.map((name) => copyAt(join(folder, name))));
  const copies = found.filter((copy) => copy !== undefined);
  // Another process's part that has got its name since would be missing.
  if (copies.length < names.length) return copiesIn(folder);
  return copies.sort((a, b) => a.usedAtMs - b.usedAtMs);
}

async function copyAt(path: string): Promise<Copy | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { path, bytes: found.size, usedAtMs: found.mtimeMs };
}
