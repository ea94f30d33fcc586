/** A file of the media cache. */
export interface CatalogObject {
  readonly key: string;
  /** Name of its file in the cache's folder. */
  readonly name: string;
  readonly bytes: number;
  /** Of these, the initialisation section in front; all of them where it is one itself. */
  readonly initBytes: number;
  /** Space that it takes on the disk, in bytes of whole blocks. */
  readonly diskBytes: number;
  /** Checksum of all bytes, in hexadecimal; undefined for a file that was found and not yet read. */
  readonly gmac: string | undefined;
  readonly channelId: string | undefined;
  readonly usedAtMs: number;
}

/** An object with the token of the flight that brought it. */
export interface CachedObject extends CatalogObject {
  readonly token: number;
}

/** One fetch of an object. Tokens grow and fence off a holder whose flight was taken over. */
export interface Flight {
  readonly key: string;
  readonly owner: string;
  readonly token: number;
}

export type Claim =
  | { readonly is: 'present'; readonly object: CachedObject }
  /** The asker is to fetch it. `left`: the flight of a holder whose lease was over; its part file is to be removed. */
  | { readonly is: 'mine'; readonly flight: Flight; readonly left: Flight | undefined }
  /** Somebody else fetches it: ask `stateOf` until it is over. */
  | { readonly is: 'flying'; readonly flight: Flight };

/** Why a flight failed, as whoever waited for it is told. */
export interface FlightFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  /** What an origin answered, by HTTP. */
  readonly status: number | undefined;
}

export type FlightState = 'flying' | 'over' | FlightFailure;

/** Bytes to evict. */
export interface Wanted {
  /** Where less than this can go, nothing does. */
  readonly needed: number;
  /** So many go at least, if there are so many. */
  readonly least: number;
  /** Beyond the least only as far as this is not passed. */
  readonly most: number;
}

export interface Victims {
  /** Marked by this call, a batch at most. */
  readonly marked: readonly CachedObject[];
  /** Whether other objects are on their way out. */
  readonly underWay: boolean;
}

/** Objects that are kept for somebody beyond the leases, the owners and the process that asked for it. */
export interface Hold {
  /** Who needs them; a holder has one hold. */
  readonly holder: string;
  readonly keys: readonly string[];
  /** Of several holds that are too many the one of least value ends. */
  readonly value: number;
  /** When it ends by itself, milliseconds since 1970-01-01 UTC. */
  readonly untilMs: number;
}

/** A hold that ended before its time, with the space of its objects, in bytes of whole blocks. */
export interface EndedHold {
  readonly holder: string;
  readonly diskBytes: number;
}

/** What reaping found. */
export interface Reaped {
  /** Owners that are gone, with their pins and flights; their part files are to be removed. */
  readonly owners: readonly string[];
  /** Whether an owner died between the catalog and the ledger, so that the ledger is to be set anew. */
  readonly unsettled: boolean;
}

export interface CatalogUsage {
  readonly objects: number;
  readonly diskBytes: number;
  /** What cannot be evicted: leased or held. */
  readonly pinned: { readonly objects: number; readonly diskBytes: number };
  readonly flights: readonly (Flight & { readonly sinceMs: number })[];
  readonly owners: readonly string[];
  /** By channel, the largest first; without a channel what was found on the disk. */
  readonly channels: readonly { readonly channelId: string | undefined; objects: number; diskBytes: number }[];
}

/**
 * What the media cache of a node holds and who uses it, shared by processes of the node; each that opens it is an owner
 * with a lease (`renew`) and a lock that its death lets go. Invariants, each kept by one step: at most one flight an
 * object; no object is evicting that is pinned or held; tokens grow. Rejects with `unavailable`, `space` or `corrupt` when the
 * catalog cannot be used.
 */
export interface CacheCatalog {
  /** Name of this process here; letters, digits and hyphens. */
  readonly owner: string;
  /** Puts the lease's end off. Flights of an owner whose lease is over can be taken over. */
  renew(): Promise<void>;

  /** Pins keys, present or not, and marks objects as used; resolves with those that are there, or undefined (and pins nothing) while one of them is on its way out. */
  pin(keys: readonly string[]): Promise<ReadonlyMap<string, CachedObject> | undefined>;
  unpin(keys: readonly string[]): Promise<void>;

  /**
   * Holds those of the keys that are there, in place of what the holder had. Where all held objects, each counted once,
   * take more than `mostBytes`, holds of least value end, this one too; resolves with them.
   */
  hold(hold: Hold, mostBytes: number): Promise<readonly EndedHold[]>;
  /**
   * Keeps those of the keys that are there, beside the holds of others: a hold that ends none of them, is ended by none,
   * and is not begun where all kept and held objects would take more than `mostBytes`.
   */
  keep(kept: Omit<Hold, 'value'>, mostBytes: number): Promise<void>;
  /** Ends a hold, or what is kept for its holder, whoever began it. */
  letGo(holder: string): Promise<void>;

  /** For a key that this owner has pinned. */
  claim(key: string): Promise<Claim>;
  /** Rejects with `fenced` when the flight was taken over. */
  mustFly(flight: Flight): Promise<void>;
  /** Ends a flight well: calls `name`, which gives the file its name, in the same step. Rejects with `fenced`. */
  land(flight: Flight, object: CatalogObject, name: () => void): Promise<void>;
  /** Ends a flight; who waits is told the failure, or claims anew where there is none. False when it was taken over. */
  fail(flight: Flight, failure: FlightFailure | undefined): Promise<boolean>;
  stateOf(flight: Flight): Promise<FlightState>;

  /** Marks what was used least recently and is neither pinned nor held, initialisation sections last. */
  victims(wanted: Wanted): Promise<Victims>;
  /** Takes out marked objects whose files are gone, and takes the mark from the others. */
  evicted(gone: readonly string[], kept: readonly string[]): Promise<void>;
  /** Takes out an object that is not what it should be, in use or not, and calls `remove` in the same step; false when it is not there any more. */
  forget(object: CachedObject, remove: () => void): Promise<boolean>;
  /** Takes in files that were found. */
  adopt(objects: readonly CatalogObject[]): Promise<void>;
  /** Notes the checksum of a file that was found. */
  summed(object: CachedObject, gmac: string): Promise<void>;
  /** In the order of keys, from after this one. */
  objects(after: string, limit: number): Promise<readonly CachedObject[]>;
  usage(): Promise<CatalogUsage>;

  /** Runs work that changes the catalog and the ledger; never while `exclusively` runs, in whatever process. */
  settling<T>(work: () => Promise<T>): Promise<T>;
  /** Runs work that compares catalog, ledger and disk, alone in the node. `mustHold` rejects with `fenced`. */
  exclusively<T>(work: (mustHold: () => Promise<void>) => Promise<T>): Promise<T>;
  /** Says that the ledger is what the catalog says. */
  settled(): Promise<void>;

  /** Ends what belongs to dead owners. */
  reap(): Promise<Reaped>;
  /** Lets go of all that this owner has. */
  close(): Promise<void>;
}
