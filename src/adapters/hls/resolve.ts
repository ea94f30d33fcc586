import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareAddress } from '../../domain/bareaddress.ts';
import { CliptideError } from '../../domain/errors.ts';

export function isRemote(uri: string): boolean {
  return /^https?:\/\//i.test(uri);
}

/** An address as people and logs may see it; a path as it is. */
export function shownUri(uri: string): string {
  return isRemote(uri) ? bareAddress(uri) : uri;
}

/**
 * Absolute address of what a playlist names: a URL below a remote playlist, a file path below a local one (which may
 * also name http URLs, as saved playlists do). A remote playlist never leads to a file. The path is absolute without
 * `.` and `..`, also where these were percent-encoded.
 */
export function resolveUri(uri: string, base: string): string {
  if (isRemote(base)) {
    const url = URL.parse(uri, base);
    if (url !== null && isRemote(url.href)) return url.href;
    throw refused(uri, base);
  }
  if (isRemote(uri)) return uri;
  if (/^file:/i.test(uri)) return fileURLToPath(uri);
  if (/^[a-z][a-z0-9+.-]+:/i.test(uri)) throw refused(uri, base);
  const literal = path.resolve(path.dirname(base), uri);
  const decoded = percentDecoded(uri);
  return decoded === uri || existsSync(literal) ? literal : path.resolve(path.dirname(base), decoded);
}

/** The text itself where it is no percent-encoding, or of something that no file is named. */
function percentDecoded(uri: string): string {
  try {
    const decoded = decodeURIComponent(uri);
    return decoded.includes('\0') ? uri : decoded;
  } catch {
    return uri;
  }
}

function refused(uri: string, base: string): CliptideError {
  const named = bareAddress(uri).slice(0, 100);
  return new CliptideError('forbidden', `The playlist names ${named}, which is not fetched`, {
    where: shownUri(base),
    hint: 'Segments must be http(s) addresses, or files beside a local playlist.',
  });
}
