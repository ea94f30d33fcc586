import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import type { SourceItem } from '../../../src/ports/source.ts';

export interface Read {
  readonly format: string;
  readonly items: readonly SourceItem[];
}

/** A folder of this test file; files get numbers, since importers must not look at names. */
export function tempFolder(): {
  readonly path: Promise<string>;
  readonly file: (content: string | Uint8Array) => Promise<string>;
} {
  const path = mkdtemp(join(tmpdir(), 'chatfile-'));
  let count = 0;
  afterAll(async () => rm(await path, { recursive: true, force: true }));
  const file = async (content: string | Uint8Array): Promise<string> => {
    const name = join(await path, String(count++));
    await writeFile(name, content);
    return name;
  };
  return { path, file };
}

export async function readFile(path: string): Promise<Read> {
  const source = await openChatFile(path);
  const items: SourceItem[] = [];
  for await (const batch of source.items()) items.push(...batch);
  return { format: source.format, items };
}

/** How many items of each kind (events by their own kind) there are. */
export function counts(items: readonly SourceItem[]): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const item of items) {
    const kind = item.kind === 'event' ? item.event.kind : item.kind;
    result[kind] = (result[kind] ?? 0) + 1;
  }
  return result;
}

/** Times of the events, in order: offsets or clock times in milliseconds. */
export function times(items: readonly SourceItem[]): readonly number[] {
  return items.flatMap((item) => (item.kind === 'event' ? Object.values(item.time) : []));
}

export function texts(items: readonly SourceItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === 'event' && item.event.kind === 'chat' ? [item.event.text] : []));
}

export function events(items: readonly SourceItem[]): readonly unknown[] {
  return items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
}

export function damages(items: readonly SourceItem[]): readonly Extract<SourceItem, { kind: 'damaged' }>[] {
  return items.filter((item) => item.kind === 'damaged');
}
