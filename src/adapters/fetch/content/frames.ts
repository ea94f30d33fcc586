import type { Found } from './packets.ts';
import type { ByteWindow } from './window.ts';

const adtsHeaderBytes = 7;
const tagHeaderBytes = 10;
/** In a raw data block, of which a frame has one to four. */
const blockSamples = 1024;
/** In hertz, by the index in the header (ISO 14496-3, table 1.18). */
const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/** Whether packed audio begins here: an ADTS frame, or the ID3 tag that HLS puts in front of one. */
export function beginsPackedAudio(head: Buffer): boolean {
  return tagLength(head, 0) !== undefined || frameLength(head, 0) !== undefined;
}

/**
 * Follows ADTS frames (ISO 14496-3, 1.A.2.2) from each to the next, over ID3v2 tags between them, and adds up how long
 * they last. A tag alone is no audio.
 */
export async function checkFrames(window: ByteWindow): Promise<Found> {
  let heldMs: number | undefined;
  const found = (verdict: Found['verdict']): Found => ({ verdict, heldMs });
  for (let from = window.from; from < window.to; ) {
    const bytes = await window.at(from, tagHeaderBytes);
    let at = 0;
    // What begins in the last bytes of a window is looked at in the next one, but for the last window.
    while (at === 0 || at + tagHeaderBytes <= bytes.length) {
      const tag = tagLength(bytes, at);
      const length = tag ?? frameLength(bytes, at);
      if (length === undefined) {
        return found(heldMs !== undefined && bytes.length - at < adtsHeaderBytes ? 'cut' : 'broken');
      }
      if (from + at + length > window.to) return found('cut');
      if (tag === undefined) heldMs = (heldMs ?? 0) + frameMs(bytes, at);
      at += length;
    }
    from += at;
  }
  return found(heldMs === undefined ? 'broken' : 'whole');
}

/** Length of an ID3v2 tag with its header and footer; its size is written in seven bits a byte. */
function tagLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + tagHeaderBytes || bytes.toString('latin1', at, at + 3) !== 'ID3') return undefined;
  const size = bytes.subarray(at + 6, at + 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const hasFooter = ((bytes[at + 5] ?? 0) & 0x10) !== 0;
  return tagHeaderBytes + size + (hasFooter ? tagHeaderBytes : 0);
}

/** Undefined where no frame begins: 12 sync bits, layer 0, 13 bits of length from bit 30 on. */
function frameLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + adtsHeaderBytes) return undefined;
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return undefined;
  const [b3 = 0, b4 = 0, b5 = 0] = [bytes[at + 3], bytes[at + 4], bytes[at + 5]];
  const length = ((b3 & 0x03) << 11) | (b4 << 3) | (b5 >> 5);
  return length >= adtsHeaderBytes ? length : undefined;
}

/** Infinite where the header gives no rate. */
function frameMs(bytes: Buffer, at: number): number {
  const rate = rates[((bytes[at + 2] ?? 0) >> 2) & 0x0f] ?? 0;
  const blocks = ((bytes[at + 6] ?? 0) & 0x03) + 1;
  return (blocks * blockSamples * 1000) / rate;
}
