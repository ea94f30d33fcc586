import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
import { retryWhileBusy } from './busyretry.ts';
import { inTransaction, sqliteError } from './sqlite.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS scopes(scope TEXT PRIMARY KEY, generation INTEGER NOT NULL, serial INTEGER NOT NULL)
    WITHOUT ROWID;
`;

/**
 * What a data folder remembers of the ledger, in a file that any number of processes may open. Rejects with `config`,
 * `corrupt` or `unavailable`.
 */
export async function openKnownScopes({ path, clock }: { path: string; clock: Clock }): Promise<KnownScopes> {
  const db = new DatabaseSync(path, { timeout: 0 });
  const write = <T>(work: () => T): Promise<T> => retryWhileBusy(clock, path, () => inTransaction(db, path, work));
  try {
    // Durable at each commit: what is remembered is spent next.
    await retryWhileBusy(clock, path, () => db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL'));
    await write(() => db.exec(tables));
    return memoryIn(db, write);
  } catch (error) {
    throw sqliteError(error, path);
  }
}

function memoryIn(db: DatabaseSync, write: <T>(work: () => T) => Promise<T>): KnownScopes {
  const all = db.prepare('SELECT scope, generation, serial FROM scopes');
  const remember = db.prepare(
    `INSERT INTO scopes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET generation = excluded.generation,
      serial = CASE WHEN excluded.generation = generation THEN max(serial, excluded.serial) ELSE excluded.serial END
      WHERE excluded.generation >= generation`,
  );
  const forget = db.prepare('DELETE FROM scopes WHERE scope = ?');
  return {
    all: async () =>
      all.all().map(({ scope, generation, serial }) => ({
        scope: String(scope),
        generation: Number(generation),
        serial: Number(serial),
      })),
    remember: (known) =>
      write(() => {
        for (const { scope, generation, serial } of known) remember.run(scope, generation, serial);
      }),
    forget: async (scope) => void (await write(() => forget.run(scope))),
    close: async () => db.close(),
  };
}
