import { refuseSessionKeys } from './keys.ts';
import { linesOf } from './lines.ts';
import { parseMaster } from './master.ts';
import { parseMedia } from './media.ts';
import type { MasterPlaylist, MediaPlaylist } from './playlist.ts';
import { shownUri } from './resolve.ts';

/** Reads a playlist's text; `uri` is for errors. Rejects with `input` what is none, with `media` what is encrypted otherwise than with AES-128. */
export function parsePlaylist(text: string, uri: string): MediaPlaylist | MasterPlaylist {
  const where = shownUri(uri);
  const lines = linesOf(text, where);
  const isMaster = lines.some((line) => line.kind === 'tag' && line.name === '#EXT-X-STREAM-INF');
  if (!isMaster) return parseMedia(lines, where);
  refuseSessionKeys(lines, where);
  return parseMaster(lines, where);
}
