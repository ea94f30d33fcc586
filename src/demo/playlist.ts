import { segmentName } from './encoder.ts';
import { DURATION_SEC, SEGMENT_SEC, SEGMENTS, ZERO_AT_MS } from './plan.ts';

/** How many segments can be had when this much is on air: one appears when its end has been reached. */
export function segmentsOnAir(onAirSec: number): number {
  return Math.min(SEGMENTS, Math.floor(onAirSec / SEGMENT_SEC));
}

/** The live media playlist (RFC 8216) at a second of the broadcast: it only grows, and has its end when all is on air. */
export function playlistAt(onAirSec: number): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3', `#EXT-X-TARGETDURATION:${SEGMENT_SEC}`, '#EXT-X-MEDIA-SEQUENCE:0'];
  for (let index = 0; index < segmentsOnAir(onAirSec); index++) {
    const at = new Date(ZERO_AT_MS + index * SEGMENT_SEC * 1000).toISOString();
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${at}`, `#EXTINF:${SEGMENT_SEC.toFixed(3)},`, segmentName(index));
  }
  if (onAirSec >= DURATION_SEC) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
