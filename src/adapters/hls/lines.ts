import { CliptideError } from '../../domain/errors.ts';
import { shownUri } from './resolve.ts';

/** A line that means something. */
export type PlaylistLine =
  | { readonly kind: 'tag'; readonly name: string; readonly value: string }
  | { readonly kind: 'uri'; readonly uri: string };

/** Signed addresses and data of advertisers are long, but not this long. */
const longestLine = 64 * 1024;
/** A day of two-second segments has a fifth of it. */
const mostLines = 1_000_000;

/** Of every playlist. */
export const beginning = '#EXTM3U';

/** Whether bytes or text begin like a playlist, after a byte order mark and white space. */
export function beginsLikePlaylist(text: string): boolean {
  return text.trimStart().startsWith(beginning);
}

/** Tags and addresses in order; comments (also `##`) and empty lines are left out. Rejects what is no playlist. */
export function linesOf(text: string, where: string): PlaylistLine[] {
  if (!beginsLikePlaylist(text)) throw notPlaylist(where);
  const lines: PlaylistLine[] = [];
  for (const [raw] of text.replace(/^\uFEFF/, '').matchAll(/[^\r\n]+/g)) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.length > longestLine) throw beyond(`a line of ${line.length} characters`, where);
    if (lines.length >= mostLines) throw beyond(`more than ${mostLines} lines`, where);
    if (!line.startsWith('#')) {
      lines.push({ kind: 'uri', uri: line });
    } else if (line.startsWith('#EXT')) {
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      lines.push({ kind: 'tag', name: name.trimEnd(), value: colon < 0 ? '' : line.slice(colon + 1).trim() });
    }
  }
  return lines;
}

export function notPlaylist(uri: string, cause?: unknown): CliptideError {
  const where = shownUri(uri);
  const what = cause instanceof CliptideError ? cause.message : where;
  return new CliptideError('input', `This is no HLS playlist: ${what}`, {
    where,
    cause,
    hint:
      'An HLS media or master playlist is wanted here. ' +
      '"cliptide clip --vod" also takes a video file, or the address of an MP4.',
  });
}

/** What no broadcast needs is refused before it costs memory. */
export function beyond(what: string, where: string): CliptideError {
  return new CliptideError('input', `The playlist has ${what}: ${where}`, { where });
}
