import { resolve, sep } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { LeaseRequest, MediaCache } from '../../ports/mediacache.ts';
import { isLocal } from './origin.ts';

/**
 * A cache that leases local files only at or below the given absolute paths. The topic that names them can be written
 * by other systems, and whoever may write there must not get any file of this machine cut into a clip. Links below a
 * root are followed: who can make them could as well copy. Rejects with `forbidden`.
 */
export function confined(cache: MediaCache, roots: readonly string[]): MediaCache {
  const mustBeBelow = (uri: string): void => {
    if (resolve(uri) === uri && roots.some((root) => isAtOrBelow(uri, root))) return;
    throw new CliptideError('forbidden', `A file that a record names is read only if media.roots says so: ${uri}`, {
      where: uri,
      hint: 'If it is media of yours, add its folder to that key (docs/media.md).',
    });
  };
  return {
    lease: async (request) => {
      for (const uri of localFilesOf(request)) mustBeBelow(uri);
      return cache.lease(request);
    },
    hold: (request) => cache.hold(request),
    letGo: (holder) => cache.letGo(holder),
    inspect: (file) => cache.inspect(file),
    close: () => cache.close(),
  };
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
