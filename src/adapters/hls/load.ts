import { open, readFile, stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { Fetcher, Validators } from '../../ports/fetcher.ts';
import { beginning, beginsLikePlaylist, beyond, notPlaylist } from './lines.ts';
import { isRemote } from './resolve.ts';

/** A day of two-second segments is about 8 MB. */
const maxBytes = 16 * 1024 * 1024;

export interface LoadedPlaylist {
  /** Address after redirects, or the file's path. */
  readonly uri: string;
  readonly text: string;
  readonly validators: Validators;
}

/** Whether a local file is a playlist, by its content. False where it cannot be read. */
export async function isPlaylistFile(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
      return beginsLikePlaylist(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** Reads a playlist from http(s) or from a file; `unchanged` while the validators of the last reading hold. */
export async function loadPlaylist(
  uri: string,
  fetcher: Fetcher,
  known: Validators | undefined,
  signal: AbortSignal | undefined,
): Promise<LoadedPlaylist | 'unchanged'> {
  if (!isRemote(uri)) return loadFile(uri, known);
  const request = { url: uri, maxBytes, beginning, ...(signal === undefined ? {} : { signal }) };
  try {
    const answer = await fetcher.text(request, known);
    return answer === 'unchanged' ? answer : { uri: answer.url, text: answer.text, validators: answer.validators };
  } catch (error) {
    if (error instanceof CliptideError && error.code === 'media') throw notPlaylist(error.where ?? uri, error);
    throw error;
  }
}

async function loadFile(path: string, known: Validators | undefined): Promise<LoadedPlaylist | 'unchanged'> {
  try {
    const { mtimeMs, size } = await stat(path);
    const etag = `${mtimeMs}-${size}`;
    if (known?.etag === etag) return 'unchanged';
    if (size > maxBytes) throw beyond(`more than ${maxBytes} bytes`, path);
    return { uri: path, text: await readFile(path, 'utf8'), validators: { etag } };
  } catch (cause) {
    if (cause instanceof CliptideError) throw cause;
    const hint = 'Check the path and that this user may read it.';
    throw new CliptideError('input', `The playlist cannot be read: ${path}`, { where: path, hint, cause });
  }
}
