import { DatabaseSync, type StatementSync } from 'node:sqlite';

const tables = `
  CREATE TABLE IF NOT EXISTS scopes(scope TEXT PRIMARY KEY, cap INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0), reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    token INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reservations(id TEXT PRIMARY KEY, scope TEXT NOT NULL, amount INTEGER NOT NULL,
    token INTEGER NOT NULL, holder TEXT NOT NULL, ttl_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
`;

/** The ledger's file and its statements. */
export interface LedgerTables {
  readonly db: DatabaseSync;
  readonly setCap: StatementSync;
  readonly setUsed: StatementSync;
  readonly scope: StatementSync;
  /** Adds to used and reserved. */
  readonly charge: StatementSync;
  readonly nextToken: StatementSync;
  readonly insert: StatementSync;
  readonly find: StatementSync;
  readonly renew: StatementSync;
  readonly remove: StatementSync;
  readonly expired: StatementSync;
}

export function connectLedger(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 0 });
}

/** Makes the tables of a new file. Throws SQLite's busy error while another process does. */
export function prepareLedger(db: DatabaseSync): LedgerTables {
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  db.exec(tables);
  return {
    db,
    setCap: db.prepare('INSERT INTO scopes(scope, cap) VALUES (?, ?) ON CONFLICT DO UPDATE SET cap = excluded.cap'),
    setUsed: db.prepare('INSERT INTO scopes(scope, used) VALUES (?, ?) ON CONFLICT DO UPDATE SET used = excluded.used'),
    scope: db.prepare('SELECT cap, used, reserved FROM scopes WHERE scope = ?'),
    charge: db.prepare('UPDATE scopes SET used = used + ?, reserved = reserved + ? WHERE scope = ?'),
    nextToken: db.prepare('UPDATE scopes SET token = token + 1 WHERE scope = ? RETURNING token'),
    insert: db.prepare('INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?)'),
    find: db.prepare(
      'SELECT id, scope, amount, token, ttl_ms, expires_ms FROM reservations WHERE id = ? AND token = ?',
    ),
    renew: db.prepare('UPDATE reservations SET amount = ?, expires_ms = ? WHERE id = ?'),
    remove: db.prepare('DELETE FROM reservations WHERE id = ?'),
    expired: db.prepare(
      'DELETE FROM reservations WHERE expires_ms <= ? RETURNING id, scope, amount, token, expires_ms',
    ),
  };
}
