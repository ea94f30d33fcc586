import { lstatSync, renameSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { CacheCatalog, CatalogObject, Flight } from '../../ports/cachecatalog.ts';
import type { FetchedBody } from '../../ports/fetcher.ts';
import { Checksum } from './checksum.ts';
import { checkContent } from './content/content.ts';
import { type Found, PacketWatch } from './content/packets.ts';
import type { FolderSync } from './foldersync.ts';
import { placeOf } from './http/version.ts';
import { type ContentKind, objectFile, partFile } from './objectname.ts';
import type { Room } from './room/room.ts';

/** Reserved at first for a body of which neither a length nor the like is known; more is added as it comes. */
const unknownBytes = 4 * 1024 * 1024;

/** Chunks of a body are written in pieces of so many bytes. */
const togetherBytes = 512 * 1024;
/** However few they are, after so long: what is written renews the reservation. */
const togetherMs = 10_000;

export interface WriteRequest {
  readonly folder: string;
  readonly named: FolderSync;
  readonly flight: Flight;
  readonly channelId: string;
  /** Its content must be that; a known kind is taken as it is. */
  readonly wanted: 'init' | 'segment' | { readonly kind: ContentKind };
  /** How long a segment lasts, as its playlist says, in milliseconds. */
  readonly listedMs?: number | undefined;
  /** Written in front; empty where there is none. */
  readonly init: Uint8Array;
  readonly body: FetchedBody;
  /** What the object probably takes, where the body does not say its length. */
  readonly likelyBytes?: number | undefined;
  readonly nowMs: number;
  /** Told of each chunk's length as it comes; may refuse it. */
  readonly onBytes: (bytes: number) => Promise<void>;
  /** Called when all of it has come; what is left is between this machine and its disk. */
  readonly onWhole: () => void;
}

/**
 * Brings a body into the cache: reserve, write to a part file, fsync, check, commit, name it if the flight is still
 * this process's, fsync the folder. Nothing is under a final name before; what fails leaves neither file nor
 * reservation. The commit comes before the name: after a crash the ledger may count too much, never too little.
 */
export async function writeObject(request: WriteRequest, room: Room, catalog: CacheCatalog): Promise<void> {
  const { folder, named, flight, wanted, listedMs, init, body } = request;
  const part = path.join(folder, partFile(flight));
  let reservation = await room.reserve(firstBytesOf(request));
  let isHeld = true;
  try {
    let renewedAtMs = performance.now();
    const { bytes, gmac, packets } = await fillPart(part, request, async (written) => {
      const covering = await room.cover(reservation, written, performance.now() - renewedAtMs);
      if (covering !== reservation) renewedAtMs = performance.now();
      reservation = covering;
    });
    const isWhole = body.length !== undefined;
    const where = placeOf(body.url);
    const check = { path: part, from: init.length, to: bytes, isWhole, where, packets, listedMs };
    const kind = typeof wanted === 'object' ? wanted.kind : await checkContent({ ...check, wanted });
    const initBytes = kind === 'init' ? bytes : init.length;
    const name = objectFile(flight.key, initBytes, kind);
    const { channelId, nowMs: usedAtMs } = request;
    const object = { key: flight.key, name, bytes, initBytes, diskBytes: blocksOf(bytes), gmac, channelId, usedAtMs };
    await catalog.settling(async () => {
      await room.commit(reservation, bytes);
      isHeld = false;
      await land(part, object, { flight, folder, room, catalog });
    });
    await named.run();
  } catch (error) {
    await rm(part, { force: true });
    if (isHeld) await room.release(reservation);
    throw spaceError(error, folder);
  }
}

/** A lease reserved as much for it as those like it take: asking for more at once would take room that others have. */
function firstBytesOf({ init, body, likelyBytes = init.length + unknownBytes }: WriteRequest): number {
  return body.length === undefined ? likelyBytes : init.length + body.length;
}

interface Landing {
  readonly flight: Flight;
  readonly folder: string;
  readonly room: Room;
  readonly catalog: CacheCatalog;
}

async function land(part: string, object: CatalogObject, { flight, folder, room, catalog }: Landing): Promise<void> {
  const final = path.join(folder, object.name);
  let isNamed = false;
  try {
    await catalog.land(flight, object, () => {
      renameSync(part, final);
      isNamed = true;
    });
  } catch (error) {
    await rm(isNamed ? final : part, { force: true });
    await room.refund(object.diskBytes);
    throw inTheWay(error, final);
  }
}

/** A folder that somebody put under the file's name stays: it is not ours. */
function inTheWay(error: unknown, file: string): unknown {
  const isRename = error instanceof Error && 'syscall' in error && error.syscall === 'rename';
  if (!isRename || lstatSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return error;
  return new CliptideError('unavailable', 'a folder stands under the name of a file of the media cache', {
    where: file,
    hint: 'move it away: it is none of Cliptide',
    cause: error,
  });
}

interface Filled {
  readonly bytes: number;
  readonly gmac: string;
  /** What the body is as MPEG-TS, if it is that. */
  readonly packets: Found | undefined;
}

/** Writes the part file, and looks at what it writes. */
async function fillPart(
  part: string,
  { init, body, onBytes, onWhole }: WriteRequest,
  cover: (written: number) => Promise<void>,
): Promise<Filled> {
  const sum = new Checksum();
  sum.add(init);
  const packets = new PacketWatch();
  const file = await open(part, 'w');
  let written = Promise.resolve();
  try {
    let bytes = init.length;
    await onBytes(body.skipped);
    if (init.length > 0) await writeAll(file, init);
    let [waiting, waitingBytes]: [Uint8Array[], number] = [[], 0];
    let flushedAtMs = performance.now();
    const flush = async (): Promise<void> => {
      await written;
      const [chunks, size] = [waiting, waitingBytes];
      [waiting, waitingBytes] = [[], 0];
      bytes += size;
      await cover(bytes);
      // The next piece comes meanwhile.
      written = writeTogether(file, chunks).then(() => {
        for (const chunk of chunks) body.giveBack?.(chunk);
      });
      written.catch(() => undefined);
      flushedAtMs = performance.now();
    };
    for await (const chunk of body.chunks) {
      await onBytes(chunk.length);
      sum.add(chunk);
      packets.add(chunk);
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes >= togetherBytes || performance.now() - flushedAtMs >= togetherMs) await flush();
    }
    await flush();
    await written;
    onWhole();
    await file.sync();
    return { bytes, gmac: sum.hex(), packets: packets.found };
  } finally {
    await written.catch(() => undefined);
    await file.close();
  }
}

async function writeTogether(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  const all = chunks.reduce((sum, { length }) => sum + length, 0);
  // A signal or a nearly full disk may cut it short; then the rest tells.
  if (bytesWritten < all) await writeAll(file, Buffer.concat(chunks).subarray(bytesWritten));
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
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
