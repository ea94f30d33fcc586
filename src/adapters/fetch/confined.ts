import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { LeaseRequest, MediaCache } from '../../ports/mediacache.ts';
import { isLocal } from './origin.ts';

/**
 * A cache that leases local files only at or below the given absolute paths. The topic that names them can be written
 * by other systems, and whoever may write there must not get any file of this machine cut into a clip. Links below a
 * root are followed: who can make them could as well copy. Rejects with `forbidden`.
 */
export function confined(cache: MediaCache, roots: readonly string[]): MediaCache {
  const isOpen = (uri: string): boolean => resolve(uri) === uri && roots.some((root) => isAtOrBelow(uri, root));
  return {
    lease: async (request) => {
      const closed = localFilesOf(request).find((uri) => !isOpen(uri));
      if (closed !== undefined) throw refusal(closed, isOpen(request.archive.opened.uri));
      return cache.lease(request);
    },
    hold: (request) => cache.hold(request),
    letGo: (holder) => cache.letGo(holder),
    evict: (bytes) => cache.evict(bytes),
    inspect: (file) => cache.inspect(file),
    close: () => cache.close(),
  };
}

/** A playlist that may be read itself, such as one that a person named, is what leads elsewhere. */
function refusal(uri: string, isPlaylistOpen: boolean): CliptideError {
  const who = isPlaylistOpen ? 'A file outside of the folder of its playlist' : 'A file that a record names';
  const folder = isAbsolute(uri) ? dirname(resolve(uri)) : 'its folder';
  return new CliptideError('forbidden', `${who} is read only if media.roots says so: ${uri}`, {
    where: uri,
    hint: `If it is media of yours, add ${folder} to media.roots (docs/media.md).`,
  });
}

function localFilesOf({ archive, fromMs, toMs }: LeaseRequest): readonly string[] {
  const { opened, segments } = archive;
  if (opened.type === 'file') return [opened.uri].filter(isPath);
  return segments
    .filter(({ startMs, durationMs }) => startMs < toMs && startMs + durationMs > fromMs)
    .flatMap(({ media, init }) => (init === null ? [media] : [media, init]))
    .flatMap(({ uri, key }) => (key === null ? [uri] : [uri, key.uri]))
    .filter(isPath);
}

const isPath = (uri: string): boolean => isLocal({ uri });

function isAtOrBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
