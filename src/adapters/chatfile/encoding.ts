import { isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis';

/**
 * The encoding of a text, by its beginning. UTF-16 by its byte order mark (PowerShell writes it) or, without one, by the
 * zero bytes of its ASCII characters. CP932, which
 * `shift_jis` names in the WHATWG's table, where the beginning is no UTF-8 in several lines and is CP932 throughout.
 * Everything else is taken for UTF-8, so that single damaged lines stay damaged lines.
 */
export function encodingOf(prefix: Buffer, whole: boolean): Encoding {
  if (prefix[0] === 0xff && prefix[1] === 0xfe) return 'utf-16le';
  if (prefix[0] === 0xfe && prefix[1] === 0xff) return 'utf-16be';
  const half = zeroHalf(prefix);
  if (half !== undefined) return half;
  const lines = completeLines(prefix, whole);
  if (isUtf8(lines)) return 'utf-8';
  return brokenLines(lines) && decodes(lines, 'shift_jis') ? 'shift_jis' : 'utf-8';
}

function zeroHalf(bytes: Buffer): Encoding | undefined {
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0] as [even: number, odd: number];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++;
  const [even, odd] = zeros;
  // Every second byte is zero in text that is half ASCII at least; chat exports are mostly names of fields.
  if (Math.max(even, odd) * 4 < sample.length || Math.min(even, odd) * 50 > sample.length) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

function completeLines(prefix: Buffer, whole: boolean): Buffer {
  return whole ? prefix : prefix.subarray(0, prefix.lastIndexOf(0x0a) + 1);
}

/** Whether more than one line, and more than one in twenty of those beyond ASCII, is no UTF-8. */
function brokenLines(bytes: Buffer): boolean {
  let broken = 0;
  let beyondAscii = 0;
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const line = bytes.subarray(from, newline < 0 ? bytes.length : newline);
    if (line.some((byte) => byte > 0x7f)) beyondAscii++;
    if (!isUtf8(line)) broken++;
    from += line.length + 1;
  }
  return broken > 1 && broken * 20 > beyondAscii;
}

function decodes(bytes: Buffer, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The same text as UTF-8. */
export async function* asUtf8(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
