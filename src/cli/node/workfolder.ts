import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheCatalog } from '../../ports/cachecatalog.ts';

/**
 * This process's own folder for what it is making, and the end of those of processes that died: what they left half-made
 * is worth nothing.
 */
export async function openWorkFolder(folder: string, catalog: CacheCatalog): Promise<string> {
  const work = join(folder, 'work');
  const own = join(work, catalog.owner);
  await mkdir(own, { recursive: true });
  // In this order: whoever comes later is in neither list, or in both.
  const names = await readdir(work);
  await catalog.reap();
  const { owners } = await catalog.usage();
  for (const name of names) {
    if (!owners.includes(name)) await rm(join(work, name), { recursive: true, force: true });
  }
  return own;
}
