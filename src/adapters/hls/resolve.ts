import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliptideError } from '../../domain/errors.ts';

export function isRemote(uri: string): boolean {
  return /^https?:\/\//i.test(uri);
}

/**
 * Absolute address of what a playlist names: a URL below a remote playlist, a file path below a local one (which may
 * also name http URLs, as saved playlists do). A remote playlist never leads to a file.
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
  return path.resolve(path.dirname(base), uri);
}

function refused(uri: string, base: string): CliptideError {
  return new CliptideError('forbidden', `The playlist names ${uri.slice(0, 100)}, which is not fetched`, {
    where: base,
    hint: 'Segments must be http(s) addresses, or files beside a local playlist.',
  });
}
