import { refuseSessionKeys } from './keys.ts';
import { linesOf } from './lines.ts';
import { parseMaster } from './master.ts';
import { parseMedia } from './media.ts';
import type { MasterPlaylist, MediaPlaylist } from './playlist.ts';

/** Reads a playlist's text. Rejects with `input` what is none, with `media` what is encrypted otherwise than with AES-128. */
export function parsePlaylist(text: string, where: string): MediaPlaylist | MasterPlaylist {
  const lines = linesOf(text, where);
  const isMaster = lines.some((line) => line.kind === 'tag' && line.name === '#EXT-X-STREAM-INF');
  if (!isMaster) return parseMedia(lines, where);
  refuseSessionKeys(lines, where);
  return parseMaster(lines);
}
