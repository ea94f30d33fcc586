import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** A file of an older version is begun anew: the disk knows what it held. */
const version = 2;

const tables = `
  CREATE TABLE IF NOT EXISTS scopes(scope TEXT PRIMARY KEY, cap INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0), reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    token INTEGER NOT NULL, generation INTEGER NOT NULL, is_lost INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dropped(only INTEGER PRIMARY KEY CHECK (only = 1), token INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS reservations(id TEXT PRIMARY KEY, scope TEXT NOT NULL, amount INTEGER NOT NULL,
    token INTEGER NOT NULL, holder TEXT NOT NULL, ttl_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
    lease_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS reservations_by_scope ON reservations(scope);
  CREATE TABLE IF NOT EXISTS given_back(id TEXT PRIMARY KEY, scope TEXT NOT NULL, amount INTEGER NOT NULL,
    token INTEGER NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tickets(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL, lease_ms INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS tickets_by_scope ON tickets(scope, number);
`;

/** The ledger's file and its statements; every time in them is the uptime, but for `expires_ms`. */
export interface LedgerTables {
  readonly db: DatabaseSync;
  /** Scope and generation, where it is not there; its tokens follow those of scopes that were dropped. */
  readonly makeScope: StatementSync;
  readonly setCap: StatementSync;
  readonly setUsed: StatementSync;
  /** Generation and scope: opened, with nothing reserved. */
  readonly beginAnew: StatementSync;
  readonly closeScope: StatementSync;
  readonly scope: StatementSync;
  readonly scopes: StatementSync;
  readonly keepToken: StatementSync;
  readonly dropScope: StatementSync;
  /** Adds to used and reserved. */
  readonly charge: StatementSync;
  readonly nextToken: StatementSync;
  readonly insert: StatementSync;
  readonly find: StatementSync;
  readonly renew: StatementSync;
  readonly remove: StatementSync;
  readonly dropReservations: StatementSync;
  /** Of a scope and a holder. */
  readonly takeAllOf: StatementSync;
  /** Of a scope, but for one id; those whose lease is over. */
  readonly takeOverdue: StatementSync;
  readonly takeAllOverdue: StatementSync;
  readonly keepGivenBack: StatementSync;
  readonly takeGivenBack: StatementSync;
  readonly dropGivenBack: StatementSync;
}

export function connectLedger(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 0 });
}

/** Makes the tables of a new file. Throws SQLite's busy error while another process does. */
export function prepareLedger(db: DatabaseSync): LedgerTables {
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  makeTables(db);
  const fields = 'scope, cap, used, reserved, generation, is_lost';
  // A lease never lies further ahead than it lasts, unless it is from before the machine started anew.
  const isOver = '(lease_ms <= :now OR lease_ms > :now + ttl_ms)';
  const reservation = 'id, scope, amount, token, expires_ms';
  return {
    db,
    makeScope: db.prepare(
      `INSERT INTO scopes(scope, token, generation)
        VALUES (?1, max(?2, coalesce((SELECT token FROM dropped), 0)), ?2) ON CONFLICT DO NOTHING`,
    ),
    setCap: db.prepare('UPDATE scopes SET cap = ? WHERE scope = ?'),
    setUsed: db.prepare('UPDATE scopes SET used = ? WHERE scope = ?'),
    beginAnew: db.prepare(
      'UPDATE scopes SET generation = ?1, token = max(token, ?1), reserved = 0, is_lost = 0 WHERE scope = ?2',
    ),
    closeScope: db.prepare('UPDATE scopes SET is_lost = 1, generation = ? WHERE scope = ?'),
    scope: db.prepare(`SELECT ${fields} FROM scopes WHERE scope = ?`),
    scopes: db.prepare(`SELECT ${fields} FROM scopes WHERE substr(scope, 1, ?) = ? ORDER BY scope`),
    keepToken: db.prepare(
      `INSERT INTO dropped SELECT 1, token FROM scopes WHERE scope = ?
        ON CONFLICT DO UPDATE SET token = max(token, excluded.token)`,
    ),
    dropScope: db.prepare('DELETE FROM scopes WHERE scope = ?'),
    charge: db.prepare('UPDATE scopes SET used = used + ?, reserved = reserved + ? WHERE scope = ?'),
    nextToken: db.prepare('UPDATE scopes SET token = token + 1 WHERE scope = ? RETURNING token'),
    insert: db.prepare('INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    find: db.prepare(`SELECT ${reservation}, ttl_ms, holder FROM reservations WHERE id = ? AND token = ?`),
    renew: db.prepare('UPDATE reservations SET amount = ?, expires_ms = ?, lease_ms = ? WHERE id = ?'),
    remove: db.prepare('DELETE FROM reservations WHERE id = ?'),
    dropReservations: db.prepare('DELETE FROM reservations WHERE scope = ?'),
    takeAllOf: db.prepare('DELETE FROM reservations WHERE scope = ? AND holder = ? RETURNING amount'),
    takeOverdue: db.prepare(
      `DELETE FROM reservations WHERE scope = :scope AND id <> :but AND ${isOver} RETURNING ${reservation}`,
    ),
    takeAllOverdue: db.prepare(`DELETE FROM reservations WHERE ${isOver} RETURNING ${reservation}`),
    keepGivenBack: db.prepare('INSERT INTO given_back VALUES (?, ?, ?, ?, ?)'),
    dropGivenBack: db.prepare('DELETE FROM given_back WHERE scope = ?'),
    takeGivenBack: db.prepare(`DELETE FROM given_back RETURNING ${reservation}`),
  };
}

function makeTables(db: DatabaseSync): void {
  if (Number(db.prepare('PRAGMA user_version').get()?.user_version) === version) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    if (Number(db.prepare('PRAGMA user_version').get()?.user_version) < version) {
      db.exec('DROP TABLE IF EXISTS scopes; DROP TABLE IF EXISTS reservations');
    }
    db.exec(`${tables}; PRAGMA user_version = ${version}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
