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
 * Inflates gzip data (RFC 1952, several members too). Everything before a damage or a cut is given, then the bytes end
 * and `end.damage` says why; a stream's own iteration would drop what it had inflated but not yet handed out.
 */
export async function* gunzipped(chunks: AsyncIterable<Buffer>, end: InputEnd): AsyncGenerator<Buffer> {
  const inflater = new Inflater();
  try {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length; from += pieceBytes) {
        yield* await inflater.push(chunk.subarray(from, from + pieceBytes));
        if (inflater.failure !== undefined) return;
      }
    }
    yield* await inflater.finish();
  } finally {
    if (inflater.failure !== undefined) end.damage = `the gzip data is damaged or cut: ${inflater.failure}`;
    inflater.close();
  }
}

class Inflater {
  readonly #zlib: Gunzip = createGunzip();
  #ready: Buffer[] = [];
  failure: string | undefined;

  constructor() {
    this.#zlib.on('data', (bytes: Buffer) => this.#ready.push(bytes));
    this.#zlib.on('error', (error) => {
      this.failure = error.message;
    });
  }

  push(piece: Buffer): Promise<Buffer[]> {
    return this.#after((done) => this.#zlib.write(piece, done));
  }

  finish(): Promise<Buffer[]> {
    return this.#after((done) => this.#zlib.once('end', done).end());
  }

  close(): void {
    this.#zlib.destroy();
  }

  /** What a step inflated; it is over when it says so or when the data turns out to be damaged. */
  async #after(step: (done: () => void) => void): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#zlib.off('error', done);
        resolve();
      };
      this.#zlib.once('error', done);
      step(done);
    });
    // The last data may come on the tick after the callback.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
