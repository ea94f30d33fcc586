/** Bytes that pass for an MPEG-TS segment: whole packets with their sync bytes, told apart by `seed`. */
export function transportStream(seed: number, packets = 20): Buffer {
  const bytes = Buffer.alloc(packets * 188, seed & 0xff);
  for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47;
  return bytes;
}

export interface TimedPackets {
  readonly pid?: number;
  /** 0xe0 (a picture) unless given. */
  readonly streamId?: number;
  /** Presentation times in ticks of 90 kHz. */
  readonly times: readonly number[];
  /** Bytes of an adaptation field in front of each PES packet. */
  readonly adaptation?: number;
  /** Packets of each PES packet. */
  readonly packets?: number;
}

/** MPEG-TS whose PES packets have these presentation times. */
export function timedPackets({ pid = 256, streamId = 0xe0, times, adaptation, packets = 3 }: TimedPackets): Buffer {
  return Buffer.concat(
    times.map((ticks) => {
      const bytes = transportStream(0x21, packets);
      const field = adaptation === undefined ? [] : [adaptation, ...Array<number>(adaptation).fill(0xff)];
      const low = (shift: number, bits: number) => Math.floor(ticks / 2 ** shift) % 2 ** bits;
      const pts = [0x21 | (low(30, 3) << 1), low(22, 8), (low(15, 7) << 1) | 1, low(7, 8), (low(0, 7) << 1) | 1];
      const head = [0x47, 0x40 | (pid >> 8), pid & 0xff, adaptation === undefined ? 0x10 : 0x30];
      bytes.set([...head, ...field, 0, 0, 1, streamId, 0, 0, 0x80, 0x80, 5, ...pts]);
      return bytes;
    }),
  );
}

/** An MP4 box of this type with so many bytes of content. */
export function box(type: string, content: number | Buffer): Buffer {
  const body = typeof content === 'number' ? Buffer.alloc(content, type.charCodeAt(0)) : content;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

export function initSection(): Buffer {
  return Buffer.concat([box('ftyp', 16), box('moov', 600)]);
}

export function fragment(bytes = 5000): Buffer {
  return Buffer.concat([box('styp', 16), box('moof', 100), box('mdat', bytes)]);
}

/** Packed audio: ADTS frames of so many bytes of content each. */
export function adtsFrames(count: number, content = 100): Buffer {
  const length = content + 7;
  const head = [0xff, 0xf1, 0x50, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc];
  const frame = Buffer.concat([Buffer.from(head), Buffer.alloc(content, 0x21)]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

/** An ID3v2 tag with so many bytes of content (fewer than 128). */
export function id3Tag(content: number): Buffer {
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, content]), Buffer.alloc(content, 1)]);
}
