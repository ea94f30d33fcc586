import { createGunzip, type Gunzip } from 'node:zlib';

/** What ended an input early, for whoever reads it to its end. */
export interface InputEnd {
  /** Set once, when the bytes ended because the compressed data is damaged or cut. */
  damage: string | undefined;
}

/** So little is inflated at a time that a file made to explode (1:1000) takes 16 MB, not the machine. */
const pieceBytes = 16 * 1024;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Inflates gzip data (RFC 1952, several members too, zeros between and behind them as padding). Everything before a
 * damage or a cut is given, then the bytes end and `end.damage` says why; a stream's own iteration would drop what it
 * had inflated but not yet handed out.
 */
export async function* gunzipped(chunks: AsyncIterable<Buffer>, end: InputEnd): AsyncGenerator<Buffer> {
  let inflater = new Inflater();
  try {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length && inflater.failure === undefined; ) {
        if (inflater.isOver) {
          from = afterPadding(chunk, from);
          if (from < chunk.length) inflater = new Inflater();
          continue;
        }
        const piece = chunk.subarray(from, from + pieceBytes);
        yield* await inflater.push(piece);
        from += piece.length - inflater.unread;
      }
      if (inflater.failure !== undefined) return;
    }
    yield* await inflater.finish();
  } finally {
    if (inflater.failure !== undefined) end.damage = `the gzip data is damaged or cut: ${inflater.failure}`;
    inflater.close();
  }
}

function afterPadding(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0) at++;
  return at;
}

/** Inflates members that follow each other without padding. */
class Inflater {
  readonly #zlib: Gunzip = createGunzip();
  #ready: Buffer[] = [];
  #pushed = 0;
  /** Whether padding follows the last member. */
  isOver = false;
  failure: string | undefined;

  constructor() {
    this.#zlib.on('data', (bytes: Buffer) => this.#ready.push(bytes));
    this.#zlib.on('end', () => {
      this.isOver = true;
    });
    this.#zlib.on('error', (error) => {
      this.failure = error.message;
    });
  }

  /** How many of the bytes that were pushed last lie behind the end. */
  get unread(): number {
    return this.isOver ? this.#pushed - this.#zlib.bytesWritten : 0;
  }

  push(piece: Buffer): Promise<Buffer[]> {
    this.#pushed += piece.length;
    return this.#after((done) => this.#zlib.write(piece, done));
  }

  finish(): Promise<Buffer[]> {
    return this.isOver ? Promise.resolve([]) : this.#after(() => this.#zlib.end());
  }

  close(): void {
    this.#zlib.destroy();
  }

  /**
   * What a step inflated. It is over when it says so, when the data turns out to be damaged, or when it ends: a write
   * that goes on behind the end is never acknowledged.
   */
  async #after(step: (done: () => void) => void): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#zlib.off('error', done).off('end', done);
        resolve();
      };
      this.#zlib.once('error', done).once('end', done);
      step(done);
    });
    // The last data may come on the tick after the callback.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
