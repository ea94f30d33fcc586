/** Bytes that pass for an MPEG-TS segment: whole packets with their sync bytes, told apart by `seed`. */
export function transportStream(seed: number, packets = 20): Buffer {
  const bytes = Buffer.alloc(packets * 188, seed & 0xff);
  for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47;
  return bytes;
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
