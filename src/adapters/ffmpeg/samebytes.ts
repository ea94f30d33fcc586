import { type FileHandle, open } from 'node:fs/promises';
import type { Sample } from '../../domain/mp4/track.ts';

/** A sample of one file that ought to be in another one too. */
export type SamplePair = readonly [one: Sample, other: Sample];

/** Most that is read at once of each file, unless one sample is larger. */
const windowBytes = 4 * 1024 * 1024;

interface Span {
  readonly from: number;
  readonly to: number;
}

type Spans = readonly [Span, Span];

/** Pairs that lie near each other in both files, and where. */
interface Stretch {
  readonly pairs: SamplePair[];
  spans: Spans;
}

/** Whether all pairs hold equal bytes in their files. */
export async function haveSameBytes(paths: readonly [string, string], pairs: readonly SamplePair[]): Promise<boolean> {
  if (pairs.some(([one, other]) => one.size !== other.size)) return false;
  await using one = new Reader(await open(paths[0], 'r'));
  await using other = new Reader(await open(paths[1], 'r'));
  for (const { pairs: near, spans } of stretches(pairs)) {
    const read = await Promise.all([one.read(spans[0]), other.read(spans[1])]);
    if (read.includes(false) || !near.every(([a, b]) => one.holdsAs(a, other, b))) return false;
  }
  return true;
}

/** Reads stretches of a file into one buffer, over and over: a fresh one for each would cost more than the reading. */
class Reader {
  readonly #file: FileHandle;
  #buffer = Buffer.alloc(0);
  #from = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Whether all of the span was there. */
  async read({ from, to }: Span): Promise<boolean> {
    const length = to - from;
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(Math.max(length, windowBytes));
    this.#from = from;
    const { bytesRead } = await this.#file.read(this.#buffer, 0, length, from);
    return bytesRead === length;
  }

  /** Whether a sample that was read holds what another reader's one does. */
  holdsAs({ offset, size }: Sample, other: Reader, there: Sample): boolean {
    const [here, begin] = [offset - this.#from, there.offset - other.#from];
    return this.#buffer.compare(other.#buffer, begin, begin + there.size, here, here + size) === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function stretches(pairs: readonly SamplePair[]): Stretch[] {
  const found: Stretch[] = [];
  for (const pair of [...pairs].sort(([, a], [, b]) => a.offset - b.offset)) {
    const spans: Spans = [spanOf(pair[0]), spanOf(pair[1])];
    const last = found.at(-1);
    const wider: Spans | undefined = last && [around(last.spans[0], spans[0]), around(last.spans[1], spans[1])];
    if (last !== undefined && wider?.every(({ from, to }) => to - from <= windowBytes)) {
      last.pairs.push(pair);
      last.spans = wider;
    } else found.push({ pairs: [pair], spans });
  }
  return found;
}

const spanOf = ({ offset, size }: Sample): Span => ({ from: offset, to: offset + size });
const around = (one: Span, other: Span): Span => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
});
