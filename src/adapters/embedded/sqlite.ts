import type { DatabaseSync } from 'node:sqlite';
import { CliptideError } from '../../domain/errors.ts';

/** Primary result codes of SQLite that have a meaning of their own here: https://www.sqlite.org/rescode.html */
const codes = {
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error that SQLite gave, or undefined for any other value. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** An error of SQLite's binding that SQLite itself knows nothing of. */
export const hasNoCode = (error: unknown): boolean => resultCode(error) === 0;

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === codes.busy || code === codes.locked;
}

/** What SQLite reported as a `CliptideError`: `space`, `corrupt` or `unavailable`; anything else is given back as it is. */
export function sqliteError(error: unknown, path: string): unknown {
  const details = { where: path, cause: error };
  switch (resultCode(error)) {
    case codes.full:
      return new CliptideError('space', 'the disk is full', { ...details, hint: 'free some space on this disk' });
    case codes.corrupt:
    case codes.notADatabase:
      return new CliptideError('corrupt', 'the file is not a sound SQLite database', {
        ...details,
        hint: 'move the file away and start again, or restore it from a backup',
      });
    case codes.cantOpen:
    case codes.readonly:
      return new CliptideError('config', 'the database file cannot be opened for writing', {
        ...details,
        hint: 'check that its folder exists and that you may write there',
      });
    case codes.busy:
    case codes.locked:
    case codes.io:
      return new CliptideError('unavailable', 'the database file cannot be written for now', details);
    default:
      return error;
  }
}

/** Runs `work` in one write transaction: all of it is durable when this returns, nothing of it when it throws. */
export function inTransaction<T>(db: DatabaseSync, path: string, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw sqliteError(error, path);
  }
}
