import type { ByteWindow } from './window.ts';

const packetBytes = 188;
const sync = 0x47;

/** What a check of a format found. `cut`: good as far as it goes, but its last packet, box or frame is not whole. */
export type Verdict = 'whole' | 'cut' | 'broken';

/** Whether MPEG-TS begins here: two sync bytes where two packets are, ISO 13818-1. */
export function beginsTransportStream(head: Buffer): boolean {
  if (head.length < packetBytes) return false;
  return head[0] === sync && (head.length <= packetBytes || head[packetBytes] === sync);
}

/** Looks at the sync byte of every packet while they come, so that they need not be read again. */
export class PacketWatch {
  #bytes = 0;
  #bad = Number.POSITIVE_INFINITY;

  add(chunk: Uint8Array): void {
    for (let at = (packetBytes - (this.#bytes % packetBytes)) % packetBytes; at < chunk.length; at += packetBytes) {
      if (chunk[at] !== sync) this.#bad = Math.min(this.#bad, this.#bytes + at);
    }
    this.#bytes += chunk.length;
  }

  /** Undefined for what does not begin as MPEG-TS does. */
  get verdict(): Verdict | undefined {
    if (this.#bytes < packetBytes || this.#bad <= packetBytes) return undefined;
    if (this.#bad < this.#bytes) return 'broken';
    return this.#bytes % packetBytes === 0 ? 'whole' : 'cut';
  }
}

/** Looks at the sync byte of every packet. */
export async function checkPackets(window: ByteWindow): Promise<Verdict> {
  for (let from = window.from; from < window.to; ) {
    const bytes = await window.at(from, packetBytes);
    let at = 0;
    for (; at + packetBytes <= bytes.length; at += packetBytes) if (bytes[at] !== sync) return 'broken';
    if (at === 0) return bytes[0] === sync ? 'cut' : 'broken';
    from += at;
  }
  return 'whole';
}
