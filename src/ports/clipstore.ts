export interface StoredFile {
  /** Path-safe key within the store. */
  readonly key: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Where rendered clips live. `put` is put-if-absent: a key that exists keeps its content. */
export interface ClipStore {
  /** Copies or moves a finished local file in; verifies the checksum of what was stored before it resolves. */
  put(key: string, path: string): Promise<StoredFile>;
  stat(key: string): Promise<StoredFile | undefined>;
  /** A local path where the file can be read. Rejects with `media-gone` when it is not there. */
  open(key: string): Promise<string>;
  delete(key: string): Promise<void>;
}
