import type { ListedFile, StoredFile } from './clipstore.ts';

/** Makes a file at a path; tells `grow` of its size before the file becomes that large. */
export type FileWriter = (path: string, grow: (bytes: number) => Promise<void>) => Promise<void>;

/** Where the files of broadcasts' events are kept, under a budget of their own: the oldest go when a new one needs room. */
export interface EventsStore {
  /**
   * Put-if-absent; a file has its name only once it is whole. Rejects with `budget` when it does not fit even alone,
   * with `space` when the disk is too full, and with what `write` rejects with; nothing is left of it then.
   */
  put(key: string, write: FileWriter): Promise<StoredFile>;
  has(key: string): Promise<boolean>;
  /** A local path. Rejects with `media-gone` when it is not there. */
  open(key: string): Promise<string>;
  list(): Promise<readonly ListedFile[]>;
}
