import { backup, type DatabaseSync } from 'node:sqlite';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { hasNoCode, sqliteError } from './sqlite.ts';

/** Pages that are copied in one step; between two the process does its other work. */
const copiedPages = 1_000;
const mostTries = 200;
const betweenMs = 10;

/**
 * Copies a database, consistent as of the end of the copying, while its connection is read and written. The new file
 * must not exist. Rejects with `space` where it does not fit.
 */
export async function copyDatabase(db: DatabaseSync, path: string, clock: Clock): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await backup(db, path, { rate: copiedPages });
      return;
    } catch (error) {
      // Node takes a first step that meets a transaction of this connection, on its other thread, for the end of a copy
      // that is not whole; a later step it takes again.
      if (!hasNoCode(error)) throw sqliteError(error, path);
      if (tries === mostTries) {
        const hint = 'try again when less is written';
        throw new CliptideError('unavailable', 'the database was being written to whenever its copy was begun', {
          where: path,
          hint,
          cause: error,
        });
      }
    }
    await clock.sleep(betweenMs);
  }
}
