import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where the chat sets lie, beside the project; they are no part of it. */
export const chatSets = resolve(import.meta.dirname, '../../../shared/data');
export const chatSuffix = '.chat.tsv.gz';

export interface ChatLine {
  readonly number: number;
  /** After the video's start. */
  readonly second: number;
  readonly user: string;
  readonly text: string;
}

/** The folders of the sets, with the names of their chats. */
export const setsIn = (data: string): { readonly set: string; readonly files: readonly string[] }[] =>
  readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      set: name,
      files: readdirSync(join(data, name)).filter((file) => file.endsWith(chatSuffix)),
    }));

/** Messages of a set's file in its order. */
export function* chatLines(file: string): Iterable<ChatLine> {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  for (const [number, line] of lines.entries()) {
    const [time, user, ...text] = line.split('\t');
    if (time && user) yield { number, second: Number(time) / 1000, user, text: text.join('\t') };
  }
}
