import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';
import { Listing } from './listing.ts';
import { isRemote } from './resolve.ts';
import { openPlaylist } from './source.ts';

/** Playlists that are remembered; one of a day has a few thousand segments. */
const mostListings = 64;

/** Addresses as the playlist gives them when it is opened again by the address that the operator gave. */
export function playlistAddresses(fetcher: Fetcher): ArchiveAddresses {
  return new PlaylistAddresses(fetcher);
}

class PlaylistAddresses implements ArchiveAddresses {
  readonly #fetcher: Fetcher;
  readonly #listings = new Map<string, Listing>();
  readonly #opening = new Map<string, Promise<Listing>>();

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
  }

  known({ streamId }: ArchiveView, segment: ArchiveSegment): ArchiveSegment {
    return this.#listings.get(streamId)?.find(segment) ?? segment;
  }

  async renewed(
    archive: ArchiveView,
    refused: ArchiveSegment,
    signal: AbortSignal,
  ): Promise<ArchiveSegment | undefined> {
    const known = this.known(archive, refused);
    // Another segment's refusal led to a newer reading meanwhile.
    if (known.media.uri !== refused.media.uri) return known;
    // What a record names as a file is not opened on its word.
    if (!isRemote(archive.opened.source ?? archive.opened.uri)) return undefined;
    return (await orStopped(this.#open(archive), signal)).find(refused);
  }

  /** Not ended by one who asks, since others may wait for it as well. */
  #open({ streamId, opened }: ArchiveView): Promise<Listing> {
    const under = this.#opening.get(streamId);
    if (under !== undefined) return under;
    const opening = openPlaylist(opened.source ?? opened.uri, this.#fetcher, undefined, opened.uri)
      .then(({ first }) => {
        const listing = new Listing(first);
        this.#listings.delete(streamId);
        this.#listings.set(streamId, listing);
        const [oldest] = this.#listings.keys();
        if (this.#listings.size > mostListings && oldest !== undefined) this.#listings.delete(oldest);
        return listing;
      })
      .finally(() => this.#opening.delete(streamId));
    this.#opening.set(streamId, opening);
    return opening;
  }
}

function orStopped<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new CliptideError('aborted', 'Stopped waiting for a playlist'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
