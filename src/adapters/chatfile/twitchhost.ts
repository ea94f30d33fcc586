import type { SourceEvent } from '../../ports/source.ts';
import { raidEvent } from './events.ts';

/** `zed is now hosting you.`, `zed is now auto hosting you for up to 12 viewers.`; older ones leave out `up to`. */
const hosted = /^(\S{1,60}) is now (?:auto[ -]?)?hosting you(?: for (?:up to )?(\d{1,9}) viewers?)?\.?$/i;

/**
 * What the user `jtv` says to a broadcaster: that another channel hosts this one, whose viewers arrive as a raid's do
 * (until 2022; where the same channel also raids, both are reported). It tells no number where few come, which is taken
 * for one. Or why it is no event.
 */
export function hostEvent(text: string): SourceEvent | string {
  const match = hosted.exec(text);
  if (match === null) return 'a line of jtv';
  const viewers = Number(match[2] ?? 1);
  return viewers === 0 ? 'a host without viewers' : raidEvent(match[1] ?? '', viewers);
}
