import type { Verdict } from './packets.ts';
import type { ByteWindow } from './window.ts';

const adtsHeaderBytes = 7;
const tagHeaderBytes = 10;

/** Whether packed audio begins here: an ADTS frame, or the ID3 tag that HLS puts in front of one. */
export function beginsPackedAudio(head: Buffer): boolean {
  return tagLength(head) !== undefined || frameLength(head) !== undefined;
}

/**
 * Follows ADTS frames (ISO 14496-3, 1.A.2.2) from each to the next, over ID3v2 tags between them. A tag alone is no
 * audio.
 */
export async function checkFrames(window: ByteWindow): Promise<Verdict> {
  let at = window.from;
  let frames = 0;
  while (at < window.to) {
    const header = await window.at(at, tagHeaderBytes);
    const tag = tagLength(header);
    const length = tag ?? frameLength(header);
    if (length === undefined) return frames > 0 && header.length < adtsHeaderBytes ? 'cut' : 'broken';
    if (at + length > window.to) return 'cut';
    if (tag === undefined) frames += 1;
    at += length;
  }
  return frames > 0 ? 'whole' : 'broken';
}

/** Length of an ID3v2 tag with its header and footer; its size is written in seven bits a byte. */
function tagLength(header: Buffer): number | undefined {
  if (header.length < tagHeaderBytes || header.toString('latin1', 0, 3) !== 'ID3') return undefined;
  const size = header.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const hasFooter = ((header[5] ?? 0) & 0x10) !== 0;
  return tagHeaderBytes + size + (hasFooter ? tagHeaderBytes : 0);
}

/** Undefined where no frame begins: 12 sync bits, layer 0, 13 bits of length from bit 30 on. */
function frameLength(header: Buffer): number | undefined {
  if (header.length < adtsHeaderBytes) return undefined;
  const [b0 = 0, b1 = 0, , b3 = 0, b4 = 0, b5 = 0] = header;
  if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return undefined;
  const length = ((b3 & 0x03) << 11) | (b4 << 3) | (b5 >> 5);
  return length >= adtsHeaderBytes ? length : undefined;
}
