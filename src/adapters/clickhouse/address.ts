import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';

/** Where a running process answers SQL for a data folder: on loopback. */
export interface SqlAddress {
  readonly port: number;
  readonly pid: number;
}

const addressFile = (dataDir: string): string => join(dataDir, 'sql.json');
const tokenFile = (dataDir: string): string => join(dataDir, 'sql.token');

/** The data folder's token; made on first use, readable by its owner only. */
export async function sqlToken(dataDir: string): Promise<string> {
  const path = tokenFile(dataDir);
  try {
    await writeFile(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const token = (await readFile(path, 'utf8')).trim();
  if (token.length >= 32) return token;
  throw new CliptideError('corrupt', 'the token of the SQL port is damaged', {
    where: path,
    hint: 'Delete the file; the next start makes a new one',
  });
}

export async function writeSqlAddress(dataDir: string, address: SqlAddress): Promise<void> {
  const part = `${addressFile(dataDir)}.part`;
  await writeFile(part, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(part, addressFile(dataDir));
}

export async function removeSqlAddress(dataDir: string): Promise<void> {
  await rm(addressFile(dataDir), { force: true });
}

/** The address that a process left, whether or not it still runs; undefined where there is none. */
export async function readSqlAddress(dataDir: string): Promise<SqlAddress | undefined> {
  const text = await readFile(addressFile(dataDir), 'utf8').catch(() => '{}');
  const { port, pid } = parsed(text);
  return typeof port === 'number' && typeof pid === 'number' ? { port, pid } : undefined;
}

function parsed(text: string): { readonly port?: unknown; readonly pid?: unknown } {
  try {
    return JSON.parse(text) as { port?: unknown; pid?: unknown };
  } catch {
    return {};
  }
}
