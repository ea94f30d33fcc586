import { bodyOf, boxesIn, plain, requiredBody } from './boxes.ts';

/** How the samples of a track are coded. */
export interface Description {
  /** Four characters, such as `avc1`. */
  readonly format: string;
  /** What a decoder is told before the first sample: the body of `avcC` or `hvcC`, or AudioSpecificConfig. */
  readonly config: Buffer | undefined;
  /** 0 for a picture. */
  readonly sampleRate: number;
}

const pictureHead = 78;
const soundHead = 28;
const esDescriptor = 3;
const decoderDescriptor = 4;
const specificDescriptor = 5;

/** The one description in an `stsd`. Throws `NotPlain` where there are more. */
export function descriptionOf(stbl: Buffer, kind: 'video' | 'audio' | 'other'): Description {
  const stsd = requiredBody(stbl, 'stsd');
  const [entry, ...more] = boxesIn(stsd.subarray(8));
  plain(entry !== undefined && more.length === 0, 'there is more than one description');
  const body = stsd.subarray(8 + entry.start, 8 + entry.end);
  if (kind === 'video') {
    const within = body.subarray(pictureHead);
    const config = bodyOf(within, 'avcC') ?? bodyOf(within, 'hvcC');
    return { format: entry.type, config, sampleRate: 0 };
  }
  if (kind === 'other') return { format: entry.type, config: undefined, sampleRate: 0 };
  // QuickTime's later versions have more fields, and their boxes elsewhere.
  const esds = body.readUInt16BE(8) === 0 ? bodyOf(body.subarray(soundHead), 'esds') : undefined;
  const config = esds === undefined ? undefined : specificConfig(esds.subarray(4));
  return { format: entry.type, config, sampleRate: body.readUInt32BE(24) / 0x10000 };
}

/** AudioSpecificConfig in an ES descriptor (ISO/IEC 14496-1, 7.2.6). */
function specificConfig(descriptors: Buffer): Buffer | undefined {
  const es = descriptor(descriptors, esDescriptor);
  // Its id and flags; with other flags further fields follow.
  if (es === undefined || es.readUInt8(2) & 0xe0) return undefined;
  const decoder = descriptor(es.subarray(3), decoderDescriptor);
  return decoder === undefined ? undefined : descriptor(decoder.subarray(13), specificDescriptor);
}

/** Body of a descriptor, if it is the first one here. Its length has seven bits a byte. */
function descriptor(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes.length === 0 || bytes.readUInt8(0) !== tag) return undefined;
  let length = 0;
  let at = 1;
  for (let more = true; more && at <= 4; at++) {
    const byte = bytes.readUInt8(at);
    length = length * 128 + (byte & 0x7f);
    more = byte >= 0x80;
  }
  return bytes.subarray(at, at + length);
}
