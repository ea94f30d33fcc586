import { type FileHandle, open } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { ContentKind } from './objectname.ts';

const headBytes = 1024;
const packetBytes = 188;
const leadingBoxes: ReadonlySet<string> = new Set(['ftyp', 'styp', 'moof', 'sidx', 'emsg', 'prft', 'moov']);

/** Where the content to check lies in a file. `isWhole`: its sender said its length, and that many bytes came. */
export interface ContentCheck {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  /** Address or path of its origin, for people. */
  readonly where: string;
}

/**
 * What kind of segment a file holds, by its content: MPEG-TS (sync bytes, ISO 13818-1), fragmented MP4 (boxes that
 * fill it exactly, ISO 14496-12) or packed audio (ADTS, also behind ID3). Rejects with `media` what is none of them,
 * and with `unavailable` what ends early.
 */
export async function checkContent(check: ContentCheck): Promise<ContentKind> {
  const file = await open(check.path);
  try {
    const length = Math.min(headBytes, check.to - check.from);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, check.from);
    if (isTransportStream(buffer)) return wholePackets(check);
    if (leadingBoxes.has(boxType(buffer, 0))) return await wholeBoxes(file, check);
    if (isPackedAudio(buffer)) return 'aac';
    throw new CliptideError('media', `This is no media segment but ${guess(buffer)}: ${check.where}`, {
      where: check.where,
    });
  } finally {
    await file.close();
  }
}

function isTransportStream(head: Buffer): boolean {
  if (head.length < packetBytes) return false;
  for (let at = 0; at < head.length; at += packetBytes) if (head[at] !== 0x47) return false;
  return true;
}

function wholePackets(check: ContentCheck): ContentKind {
  if (!check.isWhole && (check.to - check.from) % packetBytes !== 0) throw endsEarly(check, 'unavailable');
  return 'ts';
}

async function wholeBoxes(file: FileHandle, check: ContentCheck): Promise<ContentKind> {
  let at = check.from;
  const types = new Set<string>();
  while (at < check.to) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, at);
    const size = boxSize(buffer, bytesRead, check.to - at);
    if (size === undefined || at + size > check.to) throw endsEarly(check, check.isWhole ? 'media' : 'unavailable');
    types.add(boxType(buffer, 0));
    at += size;
  }
  return types.has('moov') && !types.has('mdat') ? 'init' : 'mp4';
}

/** Undefined where the header is cut or makes no sense. */
function boxSize(header: Buffer, length: number, rest: number): number | undefined {
  if (length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(boxType(header, 0))) return undefined;
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  if (size !== 1) return size >= 8 ? size : undefined;
  return length < 16 ? undefined : Number(header.readBigUInt64BE(8));
}

function boxType(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 4, at + 8);
}

function isPackedAudio(head: Buffer): boolean {
  if (head.toString('latin1', 0, 3) === 'ID3') return true;
  return head.length >= 7 && head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;
}

function guess(head: Buffer): string {
  const text = head.toString('latin1').trimStart();
  if (head.length === 0) return 'empty';
  if (text.startsWith('#EXTM3U')) return 'a playlist';
  if (/^<(!doctype|html|\?xml)/i.test(text)) return 'a web page';
  return 'something else';
}

function endsEarly(check: ContentCheck, code: 'media' | 'unavailable'): CliptideError {
  return new CliptideError(code, `The segment ends in the middle: ${check.where}`, { where: check.where });
}
