export interface StoredFile {
  /** Path-safe key within the store. */
  readonly key: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface ListedFile {
  readonly key: string;
  readonly bytes: number;
  /** When it was stored, milliseconds since 1970-01-01 UTC. */
  readonly storedAtMs: number;
}

export interface PutOptions {
  /** Whose file it is, for who keeps budgets. */
  readonly channelId?: string;
  /** Called before the file gets its name, once nothing else can be in its way; when it rejects, nothing is stored. */
  readonly landing?: () => Promise<void>;
  /** Called after `landing` where somebody else was faster: what is there is theirs. */
  readonly taken?: () => Promise<void>;
}

/** A finished local file and the key that it is to have. */
export interface LocalFile {
  readonly key: string;
  readonly path: string;
}

/** Where rendered clips live. `put` is put-if-absent: a key that exists keeps its content. */
export interface ClipStore {
  /** Copies or moves a finished local file in; verifies the checksum of what was stored before it resolves. */
  put(key: string, path: string, options?: PutOptions): Promise<StoredFile>;
  /** As `put`, after others, and none of them where there is no room for all; absent where nothing bounds what is kept. */
  readonly putAfter?: (before: readonly LocalFile[], file: LocalFile, options?: PutOptions) => Promise<StoredFile>;
  /** Rejects with `budget` or `space` where even the smallest clip of a channel would be refused; absent where none is. */
  readonly mustHaveRoom?: (channelId: string) => Promise<void>;
  stat(key: string): Promise<StoredFile | undefined>;
  /**
   * A local path where the file can be read: its own, or that of a verified copy, which stays for ten minutes at least.
   * Rejects with `media-gone` when it is not there, `budget` or `space` when there is no room for a copy.
   */
  open(key: string): Promise<string>;
  /**
   * Whether it was this call that removed it: of many at once one is told so, but in a bucket, whose service does not tell
   * them apart. The channel as with `put`.
   */
  delete(key: string, channelId?: string): Promise<boolean>;
  /** An address from which anyone who has it can read the file, for a while; absent where none is to be given. */
  readonly link?: (key: string) => Promise<string>;
  /** What lies directly under a key's first parts (`events` for `events/a.avro`), oldest first. */
  list(folder: string): Promise<readonly ListedFile[]>;
}
