import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import { followable, unreadable } from './bytes.ts';

const pieceBytes = 256 * 1024;

/**
 * The bytes of a file that grows, until the signal aborts. Woken by `fs.watch` where the file system tells of changes,
 * and by polling where it does not (network mounts). Throws `input` when the file cannot be read, became shorter or
 * was replaced.
 */
export async function* growingBytes(path: string, pollMs: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error, followable);
  });
  const bell = new Bell(path, signal);
  try {
    for (let at = 0; !signal.aborted; ) {
      // Armed before it is read: a change between the reading and the waiting must not be missed.
      const changed = bell.armed(pollMs);
      const piece = await readAt(file, at, path);
      if (piece.length > 0) {
        at += piece.length;
        yield piece;
      } else await changed;
    }
  } finally {
    bell.stop();
    await file.close();
  }
}

/** Renaming a log away and beginning a new one would leave its reader with a file that nobody writes to. */
async function mustBeSame(file: FileHandle, path: string): Promise<void> {
  const opened = await file.stat();
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || (there.ino === opened.ino && there.dev === opened.dev)) return;
  throw new CliptideError('input', `The file was replaced by another while it was read: ${path}`, {
    where: path,
    hint,
  });
}

const hint = 'Events must only ever be appended; begin a new file, under another name, for a new broadcast.';

async function readAt(file: FileHandle, at: number, path: string): Promise<Buffer> {
  const { buffer, bytesRead } = await file
    .read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at)
    .catch((error: unknown) => {
      throw unreadable(path, error, followable);
    });
  if (bytesRead === 0 && (await file.stat()).size < at) {
    throw new CliptideError('input', `The file became shorter while it was read: ${path}`, { where: path, hint });
  }
  if (bytesRead === 0) await mustBeSame(file, path);
  return buffer.subarray(0, bytesRead);
}

/** Rings when the file changes, after a while, or when the signal aborts. */
class Bell {
  readonly #watcher: FSWatcher | undefined;
  readonly #signal: AbortSignal;
  readonly #ring = (): void => this.#waiting?.();
  #waiting: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#ring);
    this.#watcher = watching(path, this.#ring);
  }

  armed(ms: number): Promise<void> {
    clearTimeout(this.#timer);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#timer = setTimeout(resolve, ms);
      if (this.#signal.aborted) resolve();
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#ring);
    this.#watcher?.close();
  }
}

/** A watcher, or undefined where the file system has none; polling is then enough. */
function watching(path: string, ring: () => void): FSWatcher | undefined {
  try {
    return watch(path, ring).on('error', ring);
  } catch {
    return undefined;
  }
}
