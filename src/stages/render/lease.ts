import { shifted, soundOfSpan, type TimeSpan } from '../../domain/mediaclock.ts';
import type { ArchiveView, Lease, LeasedPart, MediaCache } from '../../ports/mediacache.ts';

/** Leases of picture and sound as one. */
export interface MediaLease extends Lease {
  /** The sound in the picture's time, where it lies in segments of its own and the picture's have none. */
  readonly sound?: readonly LeasedPart[];
}

/**
 * Leases a span of an archive for a clip, with its sound wherever that is: the sound first, which is small, since it is
 * held while the picture may have to wait for room.
 */
export async function leaseMedia(
  cache: MediaCache,
  archive: ArchiveView,
  span: TimeSpan,
  signal: AbortSignal,
): Promise<MediaLease> {
  const apart = archive.opened.hasAudio ? undefined : soundOfSpan(archive, span);
  const leasePicture = () => cache.lease({ archive, ...span, purpose: 'render', signal });
  if (apart === undefined) return leasePicture();
  const sound = await cache.lease({ archive: apart.archive, ...apart.span, purpose: 'render', signal });
  try {
    const picture = await leasePicture();
    return {
      parts: picture.parts,
      sound: shifted(sound.parts, apart.shiftMs),
      bytesFetched: picture.bytesFetched + sound.bytesFetched,
      bytesNeeded: picture.bytesNeeded + sound.bytesNeeded,
      release: async () => {
        await picture.release();
        await sound.release();
      },
    };
  } catch (error) {
    await sound.release();
    throw error;
  }
}
