import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

const block = 512;

/** Bytes in allocated blocks of a folder and all below it; files that go away meanwhile count for nothing. */
export async function allocatedBytes(folder: string): Promise<number> {
  let bytes = 0;
  const waiting = [folder];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const stat = await lstat(path).catch(() => undefined);
    if (stat === undefined) continue;
    bytes += stat.blocks * block;
    if (!stat.isDirectory()) continue;
    const entries = await opendir(path).catch(() => undefined);
    if (entries === undefined) continue;
    for await (const entry of entries) waiting.push(join(path, entry.name));
  }
  return bytes;
}
