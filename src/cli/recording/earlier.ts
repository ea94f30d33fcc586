import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A row of a `clips.json` that was there before, as far as it matters here; its other fields stay as they are. */
export interface EarlierRow {
  readonly file: string;
  readonly bytes: number;
  /** The broadcast that it is of; absent in lists of earlier versions. */
  readonly streamId?: unknown;
  readonly highlight?: unknown;
}

/** Id of the highlight that an earlier clip is of; undefined where the list does not say. */
export function highlightOf({ highlight }: EarlierRow): string | undefined {
  if (typeof highlight !== 'object' || highlight === null || !('highlightId' in highlight)) return undefined;
  return typeof highlight.highlightId === 'string' ? highlight.highlightId : undefined;
}

/** Names that a run of `clip` gives: nothing else in the folder is its own, whatever a list says. */
const clipName = /^\d+-\d\d+\.\d\d\.\d\d-[\w-]{1,8}-[a-z]+\.mp4$/;

/** What an earlier run says that it made in this folder; nothing where there is no such list, or it cannot be read. */
export async function earlierRows(folder: string): Promise<readonly EarlierRow[]> {
  try {
    const rows: unknown = JSON.parse(await readFile(join(folder, 'clips.json'), 'utf8'));
    return Array.isArray(rows) ? rows.filter(isRow) : [];
  } catch {
    return [];
  }
}

function isRow(row: unknown): row is EarlierRow {
  if (typeof row !== 'object' || row === null || !('file' in row) || !('bytes' in row)) return false;
  return typeof row.file === 'string' && clipName.test(row.file) && typeof row.bytes === 'number';
}

export const posterOf = (file: string): string => file.replace(/\.mp4$/, '.jpg');

/** Removes a clip with its poster. One that somebody has changed since is theirs; resolves with whether it went. */
export async function removeEarlier(folder: string, { file, bytes }: EarlierRow): Promise<boolean> {
  const path = join(folder, file);
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size !== bytes) return false;
  await rm(path, { force: true });
  await rm(join(folder, posterOf(file)), { force: true });
  return true;
}
