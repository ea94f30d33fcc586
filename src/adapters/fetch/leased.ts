import type { Lease } from '../../ports/mediacache.ts';
import type { CountedPart } from './inplace.ts';

/** A lease of parts that are pinned. */
export function leaseOf(counted: readonly CountedPart[], bytesFetched: number, unpin: () => Promise<void>): Lease {
  let isHeld = true;
  return {
    parts: counted.map(({ part }) => part),
    bytesFetched,
    bytesNeeded: counted.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
    release: async () => {
      if (!isHeld) return;
      isHeld = false;
      await unpin();
    },
  };
}
