import { constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { CliptideError } from '../../domain/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file',
  EACCES: 'The file may not be read',
  EPERM: 'The file may not be read',
  EISDIR: 'This is a folder, not a file',
  ENOTDIR: 'There is no such file',
  ELOOP: 'The path is a circle of links',
  ENAMETOOLONG: 'The path is too long',
};

/** What is followed while it grows is read as it is. */
export const followable = 'a file or a named pipe with an event a line, not compressed';

/** Why a file cannot be opened or read, as an `input` error. `wanted`: what it must be. */
export function unreadable(path: string, error: unknown, wanted = 'a file, plain or gzipped'): CliptideError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const what = reasons[code] ?? `The file cannot be read (${code === '' ? String(error) : code})`;
  const hint = `Check the path and that this user may read it; it must be ${wanted}.`;
  return new CliptideError('input', `${what}: ${path}`, { where: path, hint, cause: error });
}

/** Number 0 is taken out of the way at start (launch.mjs), so these are not read by their names. */
const standardInput: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** The bytes of a file (or a pipe) as they come. Throws `input` where it cannot be read, `aborted` on the signal. */
export async function* fileBytes(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  yield* streamBytes(await openStream(path), path, signal);
}

async function openStream(path: string): Promise<Readable> {
  if (standardInput.has(path)) return process.stdin;
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) throw unreadable(path, Object.assign(new Error('folder'), { code: 'EISDIR' }));
  return found.isFIFO() ? openPipe(path) : createReadStream(path, { highWaterMark: 256 * 1024 });
}

/** A named pipe, opened so that waiting for its writer keeps no thread: the process could not be stopped otherwise. */
export function openPipe(path: string): Readable {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The bytes of a stream, which is destroyed when they are no longer wanted. */
export async function* streamBytes(stream: Readable, name: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const stop = (): void => {
    stream.destroy(stopped(name));
  };
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  try {
    for await (const chunk of stream) {
      if (signal?.aborted === true) throw stopped(name);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw error instanceof CliptideError ? error : unreadable(name, error);
  } finally {
    signal?.removeEventListener('abort', stop);
    stream.destroy();
  }
}

export function stopped(name: string): CliptideError {
  return new CliptideError('aborted', `Reading was stopped: ${name}`, { where: name });
}
