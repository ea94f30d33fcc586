import type { FileHandle } from 'node:fs/promises';

const windowBytes = 256 * 1024;

/** Reads a stretch of a file from front to back through one buffer, so that a check's memory stays flat. */
export class ByteWindow {
  readonly #file: FileHandle;
  readonly #buffer: Buffer;
  #start = 0;
  #held = 0;
  /** Offsets in the file; `to` is behind the last byte. */
  readonly from: number;
  readonly to: number;

  constructor(file: FileHandle, from: number, to: number) {
    this.#file = file;
    this.from = from;
    this.to = to;
    this.#buffer = Buffer.allocUnsafe(Math.max(1, Math.min(windowBytes, to - from)));
  }

  /** What is held from an offset of the file on: `least` bytes (at most 1,024) or more, fewer where the stretch ends. */
  async at(offset: number, least: number): Promise<Buffer> {
    const end = Math.min(offset + least, this.to);
    if (offset < this.#start || end > this.#start + this.#held) await this.#fill(offset);
    return this.#buffer.subarray(offset - this.#start, this.#held);
  }

  /** Bytes from anywhere in the file, in memory of their own; fewer where it ends. */
  async read(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }

  async #fill(offset: number): Promise<void> {
    this.#start = offset;
    this.#held = 0;
    const wanted = Math.max(0, Math.min(this.#buffer.length, this.to - offset));
    while (this.#held < wanted) {
      const { bytesRead } = await this.#file.read(this.#buffer, this.#held, wanted - this.#held, offset + this.#held);
      if (bytesRead === 0) return;
      this.#held += bytesRead;
    }
  }
}
