import { isUtf8 } from 'node:buffer';
import { keptRawBytes, maxRecordBytes } from './limits.ts';

/** A line that is no usable text. */
export interface BadLine {
  readonly reason: string;
  /** Its first 64 KiB, or all of it, and its whole length in bytes. */
  readonly raw: Buffer;
  readonly rawBytes: number;
}

export type Line = string | BadLine;

const newline = 0x0a;

/**
 * Cuts bytes into lines (LF or CRLF, a byte order mark at the very start left off) however they are cut into chunks.
 * A line over 1 MiB is bad and only its beginning is held; so is a line that is no UTF-8.
 */
export class LineCutter {
  #carried: Buffer[] = [];
  #carriedBytes = 0;
  /** Length so far of a line that is too long; its beginning is in `#carried`. */
  #overlong = 0;
  #started = false;

  push(chunk: Buffer): readonly Line[] {
    const lines: Line[] = [];
    // Only the first line of a piece can be too long, since it alone is carried from piece to piece.
    for (let from = 0; from < chunk.length; from += maxRecordBytes) {
      this.#pushPiece(chunk.subarray(from, from + maxRecordBytes), lines);
    }
    return lines;
  }

  #pushPiece(piece: Buffer, lines: Line[]): void {
    const first = piece.indexOf(newline);
    if (first < 0) {
      this.#carry(piece);
      return;
    }
    this.#carry(piece.subarray(0, first));
    this.#finish(lines);
    const last = piece.lastIndexOf(newline);
    if (last > first) appendLines(piece.subarray(first + 1, last), lines);
    this.#carry(piece.subarray(last + 1));
  }

  /** Whether bytes are left that no newline ended. */
  get pending(): boolean {
    return this.#carriedBytes > 0;
  }

  /** The last line, if it has no newline. */
  end(): readonly Line[] {
    const lines: Line[] = [];
    if (this.pending) this.#finish(lines);
    return lines;
  }

  #carry(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#overlong > 0) {
      this.#overlong += bytes.length;
      return;
    }
    // Copied: what is carried must not keep a whole chunk alive.
    this.#carried.push(Buffer.from(bytes));
    this.#carriedBytes += bytes.length;
    if (this.#carriedBytes <= maxRecordBytes) return;
    this.#overlong = this.#carriedBytes;
    this.#carried = [Buffer.from(Buffer.concat(this.#carried).subarray(0, keptRawBytes))];
  }

  #finish(lines: Line[]): void {
    const bytes = this.#carried.length === 1 ? (this.#carried[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#carried);
    if (this.#overlong > 0)
      lines.push({ reason: 'the line is longer than 1 MiB', raw: bytes, rawBytes: this.#overlong });
    else appendLines(this.#started ? bytes : withoutMark(bytes), lines);
    this.#carried = [];
    this.#carriedBytes = 0;
    this.#overlong = 0;
    this.#started = true;
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Appends the lines of bytes that end where a line ends. Valid text is decoded at once, which is much faster. */
function appendLines(bytes: Buffer, lines: Line[]): void {
  if (isUtf8(bytes)) {
    for (const line of bytes.toString('utf8').split('\n')) lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    return;
  }
  for (let from = 0; from <= bytes.length; ) {
    const found = bytes.indexOf(newline, from);
    const to = found < 0 ? bytes.length : found;
    lines.push(lineOf(bytes.subarray(from, to)));
    from = to + 1;
  }
}

function lineOf(bytes: Buffer): Line {
  const text = bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  if (isUtf8(text)) return text.toString('utf8');
  return { reason: 'the line is no valid UTF-8', raw: Buffer.from(text), rawBytes: text.length };
}
