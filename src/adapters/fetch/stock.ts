import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import type { CacheCatalog, CachedObject, CatalogObject } from '../../ports/cachecatalog.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { type Foreign, foreignIn, isOurs } from './foreign.ts';
import { parseObjectFile, partOwner } from './objectname.ts';

export interface StockOptions {
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly ledger: QuotaLedger;
  readonly scope: string;
}

/** How the catalog and the ledger differed from the disk, before they were put right. */
export interface Stock extends Foreign {
  /** Catalogued files that are not there. */
  readonly missing: number;
  /** Files that were not catalogued, and are now. */
  readonly adopted: number;
  /** Files of dead processes, and second ones of an object; they are gone. */
  readonly strays: number;
  /** What the ledger counted too much (or, negative, too little), in bytes. */
  readonly ledgerBytes: number;
}

const batch = 64;
const page = 1000;

/**
 * Makes the catalog and the ledger say what the folder holds, which is the truth, while nobody changes either. Final
 * names were given to checked files only, so they count as good. Only files that are not catalogued are looked at
 * one by one.
 */
export function takeStock(options: StockOptions): Promise<Stock> {
  const { folder, catalog, ledger, scope } = options;
  return catalog.exclusively(async (mustHold) => {
    await ledger.expire();
    const entries = await readdir(folder, { withFileTypes: true });
    const names = new Set(entries.filter(isOurs).map(({ name }) => name));
    const { missing, keys } = await catalogued(catalog, names);
    for (const object of missing) await catalog.forget(object, () => undefined);
    const { owners, flights } = await catalog.usage();
    const strays = [...names].filter((name) => {
      const owner = partOwner(name);
      return owner !== undefined && !owners.includes(owner);
    });
    // The key of a flight is about to get a file of its own, under a name that need not be the same.
    const taken = new Set([...keys, ...flights.map(({ key }) => key)]);
    const found = unknownFiles(names, taken, strays);
    const adopted = await adopt(options, found);
    for (const name of strays) await rm(path.join(folder, name), { force: true });
    const { diskBytes } = await catalog.usage();
    const foreign = await foreignIn(folder);
    const there = diskBytes + foreign.foreignBytes;
    const { used } = await ledger.usage(scope);
    await mustHold();
    await ledger.reconcile(scope, there);
    await catalog.settled();
    return { missing: missing.length, adopted, strays: strays.length, ...foreign, ledgerBytes: used - there };
  });
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

async function adopt({ folder, catalog }: StockOptions, names: readonly string[]): Promise<number> {
  let adopted = 0;
  for (let from = 0; from < names.length; from += page) {
    const objects: CatalogObject[] = [];
    for (let at = from; at < Math.min(from + page, names.length); at += batch) {
      const some = names.slice(at, Math.min(at + batch, from + page));
      objects.push(...(await Promise.all(some.map((name) => fileObject(folder, name)))).flat());
    }
    await catalog.adopt(objects);
    adopted += objects.length;
  }
  return adopted;
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
