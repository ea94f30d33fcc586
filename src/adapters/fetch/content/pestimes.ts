export const packetBytes = 188;

/** Presentation times count in 90 kHz and in 33 bits. */
const ticksPerMs = 90;
const wrap = 2 ** 33;
/** Pictures come out of their order by less; what goes further back is another timeline. */
const reorderTicks = 2000 * ticksPerMs;

const isPicture = (streamId: number): boolean => streamId >= 0xe0 && streamId <= 0xef;
/** Audio, video, private stream 1 (AC-3 and others), and extended ids. */
const isTimed = (streamId: number): boolean =>
  (streamId >= 0xc0 && streamId <= 0xef) || streamId === 0xbd || streamId === 0xfd;

/** What was seen of one PID, in ticks: times of a timeline lie from `least` to `most` around its `first`. */
interface Track {
  first: number;
  least: number;
  most: number;
  /** Of timelines that ended before. */
  before: number;
  count: number;
  readonly isPicture: boolean;
}

interface Time {
  readonly pts: number;
  readonly streamId: number;
}

/** How much media MPEG-TS holds, by the presentation times of its PES packets (ISO 13818-1, 2.4.3.6). */
export class PesTimes {
  readonly #tracks = new Map<number, Track>();

  /** Looks at a whole packet in which a PES packet begins. */
  look(bytes: Uint8Array, packet: number): void {
    const time = timeIn(bytes, packet);
    if (time === undefined) return;
    const { pts, streamId } = time;
    const pid = (((bytes[packet + 1] ?? 0) & 0x1f) << 8) | (bytes[packet + 2] ?? 0);
    const track = this.#tracks.get(pid);
    if (track === undefined)
      this.#tracks.set(pid, { first: pts, least: 0, most: 0, before: 0, count: 1, isPicture: isPicture(streamId) });
    else put(track, pts);
  }

  /**
   * Of the PID that holds most, in milliseconds: what follows its last time counts as what lies between two of them
   * otherwise. One picture alone holds nothing that lasts; sound may be all in one PES packet. Undefined where no PID has
   * two times or pictures.
   */
  get heldMs(): number | undefined {
    let most: number | undefined;
    for (const { before, least, most: last, count, isPicture } of this.#tracks.values()) {
      if (count < 2 && !isPicture) continue;
      const between = Math.max(1, count - 1);
      most = Math.max(most ?? 0, ((before + last - least) * count) / between / ticksPerMs);
    }
    return most;
  }
}

function put(track: Track, pts: number): void {
  track.count += 1;
  const since = ((pts - track.first + wrap * 1.5) % wrap) - wrap / 2;
  if (since < track.most - reorderTicks) {
    track.before += track.most - track.least;
    [track.first, track.least, track.most] = [pts, 0, 0];
    return;
  }
  track.least = Math.min(track.least, since);
  track.most = Math.max(track.most, since);
}

function timeIn(bytes: Uint8Array, packet: number): Time | undefined {
  const byte = (at: number): number => bytes[at] ?? 0;
  const control = byte(packet + 3) >> 4;
  const at = packet + 4 + ((control & 2) === 0 ? 0 : 1 + byte(packet + 4));
  if ((control & 1) === 0 || at + 14 > packet + packetBytes) return undefined;
  if (byte(at) !== 0 || byte(at + 1) !== 0 || byte(at + 2) !== 1 || !isTimed(byte(at + 3))) return undefined;
  if ((byte(at + 6) & 0xc0) !== 0x80 || (byte(at + 7) & 0x80) === 0) return undefined;
  const low = (byte(at + 10) << 22) | ((byte(at + 11) >> 1) << 15) | (byte(at + 12) << 7) | (byte(at + 13) >> 1);
  return { pts: ((byte(at + 9) >> 1) & 7) * 2 ** 30 + low, streamId: byte(at + 3) };
}
