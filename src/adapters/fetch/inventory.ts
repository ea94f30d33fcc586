import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import type { CacheCatalog, CachedObject, CatalogObject } from '../../ports/cachecatalog.ts';
import { isOurs } from './foreign.ts';
import { parseObjectFile, partOwner } from './objectname.ts';

/** How a cache's folder and its catalog differ. */
export interface Inventory {
  /** Catalogued, but not there. */
  readonly missing: readonly CachedObject[];
  /** Files that are not catalogued, one an object. */
  readonly unknown: readonly string[];
  /** Files of dead processes, and second ones of an object. */
  readonly strays: readonly string[];
}

const batch = 64;
const page = 1000;

/** By the names of the files. What others do meanwhile may be seen half done. */
export async function inventoryOf(folder: string, catalog: CacheCatalog): Promise<Inventory> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = new Set(entries.filter(isOurs).map(({ name }) => name));
  const { missing, keys } = await catalogued(catalog, names);
  const { owners, flights } = await catalog.usage();
  const strays = [...names].filter((name) => {
    const owner = partOwner(name);
    return owner !== undefined && !owners.includes(owner);
  });
  // The key of a flight is about to get a file of its own, under a name that need not be the same.
  const taken = new Set([...keys, ...flights.map(({ key }) => key)]);
  return { missing, unknown: unknownFiles(names, taken, strays), strays };
}

/** Takes the names that the catalog knows out of the set. */
async function catalogued(
  catalog: CacheCatalog,
  names: Set<string>,
): Promise<{ readonly missing: readonly CachedObject[]; readonly keys: readonly string[] }> {
  const missing: CachedObject[] = [];
  const keys: string[] = [];
  for (let after = ''; ; ) {
    const objects = await catalog.objects(after, page);
    for (const object of objects) {
      if (names.delete(object.name)) keys.push(object.key);
      else missing.push(object);
      after = object.key;
    }
    if (objects.length < page) return { missing, keys };
  }
}

/** One file an object; the others of its key are added to the strays. */
function unknownFiles(names: ReadonlySet<string>, taken: Set<string>, strays: string[]): string[] {
  const found: string[] = [];
  for (const name of names) {
    const object = parseObjectFile(name);
    if (object === undefined) continue;
    if (taken.has(object.key)) strays.push(name);
    else found.push(name);
    taken.add(object.key);
  }
  return found;
}

/** Files as the catalog would have them; one that goes meanwhile is left out. */
export async function fileObjects(folder: string, names: readonly string[]): Promise<readonly CatalogObject[]> {
  const objects: CatalogObject[] = [];
  for (let from = 0; from < names.length; from += batch) {
    const some = names.slice(from, from + batch);
    objects.push(...(await Promise.all(some.map((name) => fileObject(folder, name)))).flat());
  }
  return objects;
}

async function fileObject(folder: string, name: string): Promise<CatalogObject[]> {
  const found = await stat(path.join(folder, name)).catch(() => undefined);
  const parsed = parseObjectFile(name);
  if (found === undefined || parsed === undefined) return [];
  const { key, initBytes } = parsed;
  const unknown = { gmac: undefined, channelId: undefined };
  const { size: bytes, mtimeMs: usedAtMs } = found;
  return [{ key, name, bytes, initBytes, diskBytes: blocksOf(bytes), usedAtMs, ...unknown }];
}
