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

/** Looks at the sync byte of every packet. */
export async function checkPackets(window: ByteWindow): Promise<Verdict> {
  for (let at = window.from; at < window.to; at += packetBytes) {
    const packet = await window.at(at, packetBytes);
    if (packet[0] !== sync) return 'broken';
    if (packet.length < packetBytes) return 'cut';
  }
  return 'whole';
}
