import { bodyOf, entriesOf, plain, requiredBody } from './boxes.ts';

const runBytes = 12;

/** Where the samples of a track lie, one at a call: in chunks, of which runs hold equally many. */
export class Chunks {
  readonly #runs: Buffer;
  readonly #offsets: Buffer;
  readonly #wide: boolean;
  readonly #chunks: number;
  #run = 0;
  #chunk = -1;
  #left = 0;
  #offset = 0;

  /** From the body of an `stbl`. Throws `NotPlain` where it is not for so many samples of one description. */
  constructor(stbl: Buffer, samples: number) {
    const wide = bodyOf(stbl, 'co64');
    this.#wide = wide !== undefined;
    this.#offsets = wide ?? requiredBody(stbl, 'stco');
    this.#chunks = entriesOf(this.#offsets, this.#wide ? 8 : 4);
    this.#runs = requiredBody(stbl, 'stsc');
    let total = 0;
    for (let run = 0, runs = entriesOf(this.#runs, runBytes); run < runs; run++) {
      const chunks = this.#firstOf(run + 1) - this.#firstOf(run);
      plain(chunks > 0 && (run > 0 || this.#firstOf(run) === 0), 'chunks are out of order');
      plain(this.#runs.readUInt32BE(16 + run * runBytes) === 1, 'samples have more than one description');
      total += chunks * this.#samplesIn(run);
    }
    plain(total === samples, 'chunks hold another number of samples');
  }

  /** Offset in the file of the next sample, which is so large. */
  next(size: number): number {
    while (this.#left === 0) this.#turn();
    this.#left--;
    this.#offset += size;
    return this.#offset - size;
  }

  /** Leaves out so many samples from the start, whose sizes can be asked for. */
  skip(samples: number, sizeOf: (index: number) => number): void {
    let index = 0;
    while (index < samples) {
      while (this.#left === 0) this.#turn();
      if (index + this.#left > samples) break;
      index += this.#left;
      this.#left = 0;
    }
    for (; index < samples; index++) this.next(sizeOf(index));
  }

  #turn(): void {
    this.#chunk++;
    if (this.#chunk >= this.#firstOf(this.#run + 1)) this.#run++;
    this.#left = this.#samplesIn(this.#run);
    const at = 8 + this.#chunk * (this.#wide ? 8 : 4);
    this.#offset = this.#wide ? Number(this.#offsets.readBigUInt64BE(at)) : this.#offsets.readUInt32BE(at);
  }

  #firstOf(run: number): number {
    const runs = this.#runs.readUInt32BE(4);
    return run < runs ? this.#runs.readUInt32BE(8 + run * runBytes) - 1 : this.#chunks;
  }

  #samplesIn(run: number): number {
    return this.#runs.readUInt32BE(12 + run * runBytes);
  }
}
