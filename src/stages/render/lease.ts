import { shifted, soundOfSpan, type TimeSpan } from '../../domain/mediaclock.ts';
import type { ArchiveView, Lease, LeasedPart, MediaCache } from '../../ports/mediacache.ts';

/** Leases of picture and sound as one. */
export interface MediaLease extends Lease {
  /** The sound in the picture's time, where it lies in segments of its own and the picture's have none. */
  readonly sound?: readonly LeasedPart[];
}

/** Leases a span of an archive for a clip, with its sound wherever that is. */
export async function leaseMedia(
  cache: MediaCache,
  archive: ArchiveView,
  span: TimeSpan,
  signal: AbortSignal,
): Promise<MediaLease> {
  const apart = archive.opened.hasAudio ? undefined : soundOfSpan(archive, span);
  const picture = await cache.lease({ archive, ...span, purpose: 'render', signal });
  if (apart === undefined) return picture;
  try {
    const sound = await cache.lease({ archive: apart.archive, ...apart.span, purpose: 'render', signal });
    return {
      parts: picture.parts,
      sound: shifted(sound.parts, apart.shiftMs),
      bytesFetched: picture.bytesFetched + sound.bytesFetched,
      bytesNeeded: picture.bytesNeeded + sound.bytesNeeded,
      release: async () => {
        await sound.release();
        await picture.release();
      },
    };
  } catch (error) {
    await picture.release();
    throw error;
  }
}
