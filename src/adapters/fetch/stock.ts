import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CacheCatalog, CachedObject } from '../../ports/cachecatalog.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { type Foreign, foreignIn } from './foreign.ts';
import { fileObjects, inventoryOf } from './inventory.ts';

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
    const { missing, unknown, strays } = await inventoryOf(folder, catalog);
    for (const object of missing) await catalog.forget(object, () => undefined);
    const adopted = await adopt(options, unknown);
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

async function adopt({ folder, catalog }: StockOptions, names: readonly string[]): Promise<number> {
  const objects = await fileObjects(folder, names);
  for (let from = 0; from < objects.length; from += page) await catalog.adopt(objects.slice(from, from + page));
  return objects.length;
}

/** What taking stock would find. */
export interface Look {
  readonly missing: readonly CachedObject[];
  /** As in the stock; null while something is fetched. */
  readonly ledgerBytes: number | null;
}

/** Changes nothing, and sees half done what others do meanwhile: only what two looks find is so. */
export async function lookOver({ folder, catalog, ledger, scope }: StockOptions): Promise<Look> {
  const { missing, unknown } = await inventoryOf(folder, catalog);
  const { used } = await ledger.usage(scope);
  const { diskBytes, flights } = await catalog.usage();
  const { foreignBytes } = await foreignIn(folder);
  if (flights.length > 0) return { missing, ledgerBytes: null };
  const adoptable = blocksIn(await fileObjects(folder, unknown));
  return { missing, ledgerBytes: used - (diskBytes - blocksIn(missing) + adoptable + foreignBytes) };
}

const blocksIn = (objects: readonly { readonly diskBytes: number }[]): number =>
  objects.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
