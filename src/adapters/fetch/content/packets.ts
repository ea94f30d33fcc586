import { PesTimes, packetBytes } from './pestimes.ts';
import type { ByteWindow } from './window.ts';

const sync = 0x47;
/** In the byte behind the sync byte: a PES packet, or a table, begins in this packet. */
const unitStart = 0x40;

/** What a check of a format found. `cut`: good as far as it goes, but its last packet, box or frame is not whole. */
export type Verdict = 'whole' | 'cut' | 'broken';

/** What a check of a format found, and how much media that is, in milliseconds, where it tells. */
export interface Found {
  readonly verdict: Verdict;
  readonly heldMs: number | undefined;
}

/** Whether MPEG-TS begins here: two sync bytes where two packets are, ISO 13818-1. */
export function beginsTransportStream(head: Buffer): boolean {
  if (head.length < packetBytes) return false;
  return head[0] === sync && (head.length <= packetBytes || head[packetBytes] === sync);
}

/** Looks at every packet's sync byte, and at the times of PES packets, while they come: nothing is read again. */
export class PacketWatch {
  #bytes = 0;
  #bad = Number.POSITIVE_INFINITY;
  readonly #times = new PesTimes();
  /** A packet that begins in one chunk and ends in another. */
  readonly #torn = new Uint8Array(packetBytes);

  add(chunk: Uint8Array): void {
    const first = (packetBytes - (this.#bytes % packetBytes)) % packetBytes;
    if (first > 0) this.#mend(chunk, first);
    let at = first;
    for (; at < chunk.length; at += packetBytes) {
      if (chunk[at] !== sync) this.#bad = Math.min(this.#bad, this.#bytes + at);
      else if (((chunk[at + 1] ?? 0) & unitStart) !== 0 && at + packetBytes <= chunk.length) {
        this.#times.look(chunk, at);
      }
    }
    if (at > chunk.length && at > first) this.#torn.set(chunk.subarray(at - packetBytes));
    this.#bytes += chunk.length;
  }

  /** Takes what is still missing of the torn packet, as far as it is there. */
  #mend(chunk: Uint8Array, missing: number): void {
    this.#torn.set(chunk.subarray(0, missing), packetBytes - missing);
    if (chunk.length >= missing && ((this.#torn[1] ?? 0) & unitStart) !== 0) this.#times.look(this.#torn, 0);
  }

  /** Undefined for what does not begin as MPEG-TS does. */
  get found(): Found | undefined {
    if (this.#bytes < packetBytes || this.#bad <= packetBytes) return undefined;
    return { verdict: this.#verdict, heldMs: this.#times.heldMs };
  }

  get #verdict(): Verdict {
    if (this.#bad < this.#bytes) return 'broken';
    return this.#bytes % packetBytes === 0 ? 'whole' : 'cut';
  }
}

/** What a watch finds in a file. */
export async function checkPackets(window: ByteWindow): Promise<Found> {
  const watch = new PacketWatch();
  for (let at = window.from; at < window.to; ) {
    const bytes = await window.at(at, packetBytes);
    watch.add(bytes);
    at += bytes.length;
    if (watch.found?.verdict === 'broken') break;
  }
  return watch.found ?? { verdict: 'broken', heldMs: undefined };
}
