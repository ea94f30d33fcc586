import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { FetchedBody } from '../../ports/fetcher.ts';
import { checkContent } from './content.ts';
import { type ContentKind, objectFile, partFile } from './objectname.ts';
import type { CachedObject } from './objects.ts';
import type { Room } from './room.ts';
import { placeOf } from './version.ts';

/** Reserved at first for a body whose length is not known; more is added as it comes. */
const unknownBytes = 4 * 1024 * 1024;

export interface WriteRequest {
  readonly folder: string;
  readonly key: string;
  /** What it is, where that is known; otherwise its content tells, and is checked. */
  readonly kind?: ContentKind;
  /** Written in front; empty where there is none. */
  readonly init: Uint8Array;
  readonly body: FetchedBody;
  readonly nowMs: number;
  /** Told of each chunk's length as it comes. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Brings a body into the cache: reserve, write to a part file, fsync, check, rename, fsync the folder, commit. Until
 * the rename nothing is under a final name; what fails before the commit leaves neither file nor reservation.
 */
export async function writeObject(request: WriteRequest, room: Room): Promise<CachedObject> {
  const { folder, key, init, body } = request;
  const part = path.join(folder, partFile(key));
  let reservation = await room.reserve(init.length + (body.length ?? unknownBytes));
  let final: string | undefined;
  try {
    const bytes = await fillPart(part, request, async (written) => {
      reservation = await room.cover(reservation, written);
    });
    const isWhole = body.length !== undefined;
    const where = placeOf(body.url);
    const kind = request.kind ?? (await checkContent({ path: part, from: init.length, to: bytes, isWhole, where }));
    const initBytes = kind === 'init' ? bytes : init.length;
    final = path.join(folder, objectFile(key, initBytes, kind));
    await rename(part, final);
    await syncFolder(folder);
    await room.commit(reservation, bytes);
    return { key, path: final, bytes, initBytes, usedAtMs: request.nowMs };
  } catch (error) {
    await rm(final ?? part, { force: true });
    await room.release(reservation);
    throw spaceError(error, folder);
  }
}

/** Writes the part file and resolves with its length. */
async function fillPart(
  part: string,
  { init, body, onBytes }: WriteRequest,
  cover: (written: number) => Promise<void>,
): Promise<number> {
  const file = await open(part, 'w');
  try {
    let written = init.length;
    if (init.length > 0) await writeAll(file, init);
    for await (const chunk of body.chunks) {
      onBytes(chunk.length);
      await cover(written + chunk.length);
      await writeAll(file, chunk);
      written += chunk.length;
    }
    await file.sync();
    return written;
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}

/** Makes a rename last through a power cut; Windows cannot open folders and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function spaceError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new CliptideError('space', `The disk is full: ${folder}`, {
    where: folder,
    hint: 'Free some space or choose another data folder.',
    cause: error,
  });
}
