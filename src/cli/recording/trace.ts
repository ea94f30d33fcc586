import { toCliptideError } from '../../domain/errors.ts';
import type { ArchiveView, MediaCache } from '../../ports/mediacache.ts';

/**
 * Whether anything of a playlist's media can be had: looks at its first, its middle and its last segment until one is
 * there. What is only away for now, or does not fit, says nothing against it.
 */
export async function isAnyMediaThere(archive: ArchiveView, cache: MediaCache, signal: AbortSignal): Promise<boolean> {
  const segments = archive.segments.filter(({ gap, durationMs }) => !gap && durationMs > 0);
  const places = new Set([0, segments.length >> 1, segments.length - 1].map((index) => segments[index]));
  for (const segment of places) {
    if (segment === undefined) continue;
    const { startMs: fromMs, durationMs } = segment;
    try {
      const lease = await cache.lease({ archive, fromMs, toMs: fromMs + durationMs, purpose: 'render', signal });
      await lease.release();
      return true;
    } catch (error) {
      if (!/^media/.test(toCliptideError(error).code)) return true;
    }
  }
  return false;
}
