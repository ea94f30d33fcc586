import { bodyOf, boxesIn, NotPlain } from './boxes.ts';

/** Flags of a track fragment's header and run (ISO 14496-12, 8.8.7 and 8.8.8). */
const header = { baseOffset: 0x1, description: 0x2, duration: 0x8 };
const run = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 };

interface FragmentTrack {
  readonly timescale: number;
  /** Of samples whose fragment says none. */
  readonly duration: number;
  ticks: number;
}

/** How much media the fragments of an MP4 hold, by the durations of their samples. */
export class FragmentTimes {
  readonly #tracks = new Map<number, FragmentTrack>();
  #isOdd = false;

  /** `init`: boxes with the movie among them. Nothing is said of what cannot be read. */
  constructor(init: Buffer) {
    this.#look(() => {
      const moov = requiredIn(init, 'moov');
      const duration = new Map(
        bodiesOf(bodyOf(moov, 'mvex'), 'trex').map((trex) => [trex.readUInt32BE(4), trex.readUInt32BE(12)] as const),
      );
      for (const trak of bodiesOf(moov, 'trak')) {
        const id = wideField(bodyOf(trak, 'tkhd'));
        this.#tracks.set(id, {
          timescale: wideField(bodyOf(trak, 'mdia', 'mdhd')),
          duration: duration.get(id) ?? 0,
          ticks: 0,
        });
      }
    });
  }

  /** A whole `moof`. */
  add(fragment: Buffer): void {
    this.#look(() => {
      for (const traf of bodiesOf(requiredIn(fragment, 'moof'), 'traf')) {
        const tfhd = requiredIn(traf, 'tfhd');
        const track = this.#tracks.get(tfhd.readUInt32BE(4));
        if (track === undefined) continue;
        const duration = durationIn(tfhd) ?? track.duration;
        for (const trun of bodiesOf(traf, 'trun')) track.ticks += ticksOf(trun, duration);
      }
    });
  }

  /** Of the track that holds most, in milliseconds; undefined where no sample has a duration. */
  get heldMs(): number | undefined {
    const held = [...this.#tracks.values()].map(({ ticks, timescale }) => (ticks * 1000) / timescale);
    const most = Math.max(0, ...held);
    return this.#isOdd || most === 0 || !Number.isFinite(most) ? undefined : most;
  }

  #look(work: () => void): void {
    try {
      work();
    } catch (error) {
      // Beyond a box's end, or no box at all.
      if (!(error instanceof NotPlain) && !(error instanceof RangeError)) throw error;
      this.#isOdd = true;
    }
  }
}

const bodiesOf = (body: Buffer | undefined, type: string): Buffer[] =>
  body === undefined
    ? []
    : boxesIn(body)
        .filter((box) => box.type === type)
        .map(({ start, end }) => body.subarray(start, end));

function requiredIn(body: Buffer, type: string): Buffer {
  const found = bodyOf(body, type);
  if (found === undefined) throw new NotPlain(`there is no ${type}`);
  return found;
}

/** What follows the two dates of a header, which are twice as wide in version 1: a track's number, or its timescale. */
function wideField(box: Buffer | undefined): number {
  if (box === undefined) throw new NotPlain('a track has no header');
  return box.readUInt32BE(box[0] === 1 ? 20 : 12);
}

const flagsOf = (box: Buffer): number => box.readUInt32BE(0) & 0xffffff;

function durationIn(tfhd: Buffer): number | undefined {
  const flags = flagsOf(tfhd);
  if ((flags & header.duration) === 0) return undefined;
  return tfhd.readUInt32BE(
    8 + ((flags & header.baseOffset) === 0 ? 0 : 8) + ((flags & header.description) === 0 ? 0 : 4),
  );
}

function ticksOf(trun: Buffer, duration: number): number {
  const flags = flagsOf(trun);
  const count = trun.readUInt32BE(4);
  if ((flags & run.duration) === 0) return count * duration;
  const wide = [run.duration, run.size, run.flags, run.composition].filter((one) => (flags & one) !== 0).length * 4;
  const first = 8 + ((flags & run.dataOffset) === 0 ? 0 : 4) + ((flags & run.firstFlags) === 0 ? 0 : 4);
  let ticks = 0;
  for (let k = 0; k < count; k += 1) ticks += trun.readUInt32BE(first + k * wide);
  return ticks;
}
