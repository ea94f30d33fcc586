import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { foreignIn, isOurs } from '../../adapters/fetch/foreign.ts';
import { parseObjectFile } from '../../adapters/fetch/objectname.ts';
import { blocksOf } from '../../domain/budgets.ts';
import { eventsFolder } from '../../domain/ids.ts';

/** Files that are looked at together. */
const atOnce = 64;

/** Blocks of the media cache's whole files, and of what lies among them and is not Cliptide's: the cap is the folder's. */
export async function cacheBytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const whole = entries.filter((entry) => isOurs(entry) && parseObjectFile(entry.name) !== undefined);
  const { foreignBytes } = await foreignIn(folder);
  return sumOf(await sizesOf(whole.map(({ name }) => join(folder, name)))) + foreignBytes;
}

/** Blocks of the stored clips. */
export async function clipBytesIn(folder: string): Promise<number> {
  const kept = join(folder, eventsFolder);
  return sumOf(await filesIn(folder, (parent) => parent !== kept));
}

async function filesIn(folder: string, isMeant: (parent: string) => boolean): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && isMeant(entry.parentPath));
  return sizesOf(files.map(({ parentPath, name }) => join(parentPath, name)));
}

/** One that goes meanwhile has none. */
async function sizesOf(paths: readonly string[]): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = paths.slice(from, from + atOnce).map(async (path) => {
      try {
        return (await stat(path)).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
        throw error;
      }
    });
    sizes.push(...(await Promise.all(some)));
  }
  return sizes;
}

const sumOf = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + blocksOf(size), 0);
