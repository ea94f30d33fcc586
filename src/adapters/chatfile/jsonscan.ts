const quote = 0x22;
const backslash = 0x5c;
const openers: ReadonlySet<number> = new Set([0x7b, 0x5b]);

/** JSON's white space (RFC 8259). */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Finds where a JSON value ends without parsing it: it counts brackets outside of strings. It can be stopped at any
 * byte and go on with the next bytes. A value that is no valid JSON may end anywhere; parsing it tells.
 */
export class ValueScan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #kind: 'unknown' | 'nested' | 'string' | 'plain' = 'unknown';

  /** Index after the value's last byte, looking from `from` to `to`; -1 if it is not over there. */
  advance(bytes: Uint8Array, from: number, to: number): number {
    if (from >= to) return -1;
    if (this.#kind === 'unknown') this.#begin(bytes[from] ?? 0);
    return this.#kind === 'plain' ? plainEnd(bytes, from, to) : this.#structureEnd(bytes, from, to);
  }

  #begin(first: number): void {
    this.#kind = openers.has(first) ? 'nested' : first === quote ? 'string' : 'plain';
  }

  /** The hot loop: every byte of a file goes through it. */
  #structureEnd(bytes: Uint8Array, from: number, to: number): number {
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let end = -1;
    for (let index = from; index < to; index++) {
      const byte = bytes[index];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inString = false;
          if (depth === 0) end = index + 1;
        }
      } else if (byte === quote) inString = true;
      else if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) {
        depth--;
        if (depth <= 0) end = index + 1;
      }
      if (end >= 0) break;
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return end;
  }
}

/** End of a number, a literal or of what should be one: before a comma, a closing bracket, white space or a value. */
function plainEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let index = from; index < to; index++) {
    const byte = bytes[index];
    const ends = byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x7b || isSpace(byte);
    if (ends) return index === from ? index + 1 : index;
  }
  return -1;
}
