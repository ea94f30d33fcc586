import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { parseObjectFile } from './objectname.ts';
import { ObjectIndex } from './objects.ts';

/**
 * What the folder holds, read from the disk, which is the truth: part files of a process that died are removed, and
 * the ledger is told what is really used. Final names were given to checked files only, so they count as good.
 */
export async function recoverIndex(folder: string, ledger: QuotaLedger, scope: string): Promise<ObjectIndex> {
  await mkdir(folder, { recursive: true });
  const index = new ObjectIndex();
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const object = parseObjectFile(name);
    if (name.endsWith('.part')) await rm(file, { force: true });
    if (object === undefined) continue;
    const { size, mtimeMs } = await stat(file);
    index.add({ key: object.key, path: file, bytes: size, initBytes: object.initBytes, usedAtMs: mtimeMs });
  }
  await ledger.expire();
  await ledger.reconcile(scope, index.usedBytes());
  return index;
}
