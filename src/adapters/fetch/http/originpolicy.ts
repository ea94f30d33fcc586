import type { LookupFunction } from 'node:net';

/** How an address that may be asked is to be reached. */
export interface Approach {
  /** Connections are used again within a pool only: what one was opened for may not be allowed to another request. */
  readonly pool: 'given' | 'other';
  /** Looks its name up and gives the addresses that may be connected to; undefined where the address is no name. */
  readonly lookup: LookupFunction | undefined;
}

/** Decides what the network is asked for. */
export interface OriginPolicy {
  /** `from` is what redirected there. Throws `forbidden` with what would allow it. */
  approach(url: URL, from: URL | undefined): Approach;
}
