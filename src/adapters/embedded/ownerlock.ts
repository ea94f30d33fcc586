import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './sqlite.ts';

const fileOf = (folder: string, owner: string): string => join(folder, `${owner}.lock`);

/**
 * Takes the lock of an owner: an empty file in the folder, locked by the kernel until the lock is let go or its process
 * ends, kill -9 included. Node reads such files through SQLite only: to open and close one otherwise would let go of it.
 */
export function lockOwner(folder: string, owner: string): { close(): void } {
  mkdirSync(folder, { recursive: true });
  const path = fileOf(folder, owner);
  const db = new DatabaseSync(path, { timeout: 0 });
  db.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  return {
    close: () => {
      db.close();
      rmSync(path, { force: true });
    },
  };
}

/** Whether the process of an owner lives, stopped ones included. */
export function isLocked(folder: string, owner: string): boolean {
  const path = fileOf(folder, owner);
  if (!existsSync(path)) return false;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0, readOnly: true });
    db.prepare('SELECT 1 FROM sqlite_schema').all();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    // It went between the look and the opening.
    if (!existsSync(path)) return false;
    throw error;
  } finally {
    db?.close();
  }
}

export function removeLock(folder: string, owner: string): void {
  rmSync(fileOf(folder, owner), { force: true });
}
