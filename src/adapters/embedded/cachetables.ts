import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CachedObject } from '../../ports/cachecatalog.ts';
import { inTransaction } from './sqlite.ts';

/** What later versions added is in tables of its own: an earlier one may have the file open, too, and writes whole rows. */
const tables = `
  CREATE TABLE IF NOT EXISTS state(id INTEGER PRIMARY KEY CHECK (id = 1), token INTEGER NOT NULL DEFAULT 0,
    objects INTEGER NOT NULL DEFAULT 0, disk_bytes INTEGER NOT NULL DEFAULT 0, unsettled INTEGER NOT NULL DEFAULT 0,
    gate TEXT);
  INSERT OR IGNORE INTO state(id) VALUES (1);
  CREATE TABLE IF NOT EXISTS owners(id TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS owner_leases(id TEXT PRIMARY KEY, until_up_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS owner_removed AFTER DELETE ON owners BEGIN
    DELETE FROM owner_leases WHERE id = old.id; END;
  CREATE TABLE IF NOT EXISTS objects(key TEXT PRIMARY KEY, name TEXT NOT NULL, bytes INTEGER NOT NULL,
    init_bytes INTEGER NOT NULL, disk_bytes INTEGER NOT NULL, is_init INTEGER NOT NULL, gmac TEXT, channel TEXT,
    used_ms INTEGER NOT NULL, token INTEGER NOT NULL, evicting TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS objects_by_use ON objects(is_init, used_ms);
  CREATE INDEX IF NOT EXISTS objects_evicting ON objects(evicting, disk_bytes) WHERE evicting IS NOT NULL;
  CREATE TABLE IF NOT EXISTS pins(key TEXT NOT NULL, owner TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY(key, owner)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS flights(key TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL,
    since_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS failures(token INTEGER PRIMARY KEY, code TEXT NOT NULL, message TEXT NOT NULL, hint TEXT,
    place TEXT, at_ms INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS failure_statuses(token INTEGER PRIMARY KEY, status INTEGER NOT NULL);
  CREATE TRIGGER IF NOT EXISTS failure_removed AFTER DELETE ON failures BEGIN
    DELETE FROM failure_statuses WHERE token = old.token; END;
  CREATE TABLE IF NOT EXISTS settling(id TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS holds(holder TEXT PRIMARY KEY, value REAL NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS held(key TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY(key, holder)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS held_by_holder ON held(holder);
  CREATE TRIGGER IF NOT EXISTS hold_removed AFTER DELETE ON holds BEGIN
    DELETE FROM held WHERE holder = old.holder; END;
  CREATE TRIGGER IF NOT EXISTS object_added AFTER INSERT ON objects BEGIN
    UPDATE state SET objects = objects + 1, disk_bytes = disk_bytes + new.disk_bytes; END;
  CREATE TRIGGER IF NOT EXISTS object_removed AFTER DELETE ON objects BEGIN
    UPDATE state SET objects = objects - 1, disk_bytes = disk_bytes - old.disk_bytes; END;
`;

/** What files of earlier versions lack; what those versions had besides stays there for them. */
const later = [{ table: 'objects', column: 'gmac', type: 'TEXT' }] as const;

const columns = 'key, name, bytes, init_bytes, disk_bytes, gmac, channel, used_ms, token, evicting';
const unpinned = `evicting IS NULL AND NOT EXISTS (SELECT 1 FROM pins WHERE pins.key = objects.key)
  AND NOT EXISTS (SELECT 1 FROM held WHERE held.key = objects.key)`;

/** Value of what is kept beside the holds. */
export const kept = Number.NEGATIVE_INFINITY;
const isHold = 'value > -9e999';

const statements = {
  state: 'SELECT token, objects, disk_bytes, unsettled, gate FROM state',
  nextToken: 'UPDATE state SET token = token + 1 RETURNING token',
  setUnsettled: 'UPDATE state SET unsettled = ?',
  setGate: 'UPDATE state SET gate = ?',

  addOwner: 'INSERT OR REPLACE INTO owners VALUES (?, ?)',
  owner: 'SELECT expires_ms FROM owners WHERE id = ?',
  owners: 'SELECT id, expires_ms FROM owners ORDER BY id',
  addOwnerLease: 'INSERT OR REPLACE INTO owner_leases VALUES (?, ?)',
  ownerLease: 'SELECT until_up_ms FROM owner_leases WHERE id = ?',
  removeOwner: 'DELETE FROM owners WHERE id = ?',

  object: `SELECT ${columns} FROM objects WHERE key = ?`,
  objects: `SELECT ${columns} FROM objects WHERE key > ? ORDER BY key LIMIT ?`,
  addObject: `INSERT OR IGNORE INTO objects(key, name, bytes, init_bytes, disk_bytes, is_init, gmac, channel, used_ms,
    token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  removeObject: 'DELETE FROM objects WHERE key = ?',
  use: 'UPDATE objects SET used_ms = ? WHERE key = ?',
  setSum: 'UPDATE objects SET gmac = ? WHERE key = ? AND token = ?',
  candidates: `SELECT ${columns} FROM objects WHERE ${unpinned} ORDER BY is_init, used_ms LIMIT ?`,
  setEvicting: 'UPDATE objects SET evicting = ? WHERE key = ?',
  spareAll: 'UPDATE objects SET evicting = NULL WHERE evicting = ?',
  evictingBytes: 'SELECT sum(disk_bytes) AS bytes FROM objects WHERE evicting IS NOT NULL',
  pinnedBytes: `SELECT count(*) AS objects, sum(disk_bytes) AS bytes FROM objects
    WHERE key IN (SELECT key FROM pins UNION SELECT held.key FROM held JOIN holds USING(holder) WHERE until_ms > ?)`,
  channels: `SELECT channel, count(*) AS objects, sum(disk_bytes) AS bytes FROM objects GROUP BY channel
    ORDER BY bytes DESC`,

  pin: 'INSERT INTO pins VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1',
  pinned: 'SELECT count FROM pins WHERE key = ? AND owner = ?',
  unpin: 'UPDATE pins SET count = count - 1 WHERE key = ? AND owner = ?',
  removePin: 'DELETE FROM pins WHERE key = ? AND owner = ? AND count = 1',
  removePins: 'DELETE FROM pins WHERE owner = ?',

  addHold: 'INSERT INTO holds VALUES (?, ?, ?)',
  addHeld: 'INSERT OR IGNORE INTO held VALUES (?, ?)',
  holdOf: 'SELECT holder FROM holds WHERE holder = ?',
  removeHold: 'DELETE FROM holds WHERE holder = ?',
  expireHolds: 'DELETE FROM holds WHERE until_ms <= ?',
  keptBytes: 'SELECT sum(disk_bytes) AS bytes FROM objects WHERE key IN (SELECT key FROM held)',
  heldBytes: `SELECT sum(disk_bytes) AS bytes FROM objects
    WHERE key IN (SELECT held.key FROM held JOIN holds USING(holder) WHERE ${isHold})`,
  leastHold: `SELECT holder FROM holds WHERE ${isHold} ORDER BY value, until_ms, holder LIMIT 1`,
  bytesOfHold: 'SELECT sum(disk_bytes) AS bytes FROM objects WHERE key IN (SELECT key FROM held WHERE holder = ?)',

  flight: 'SELECT owner, token FROM flights WHERE key = ?',
  flights: 'SELECT key, owner, token, since_ms FROM flights ORDER BY since_ms',
  fly: 'INSERT OR REPLACE INTO flights VALUES (?, ?, ?, ?)',
  removeFlight: 'DELETE FROM flights WHERE key = ? AND token = ?',
  removeFlights: 'DELETE FROM flights WHERE owner = ?',
  addFailure: 'INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)',
  addFailureStatus: 'INSERT OR REPLACE INTO failure_statuses VALUES (?, ?)',
  failure: `SELECT code, message, hint, place, status FROM failures LEFT JOIN failure_statuses USING(token)
    WHERE token = ?`,
  forgetFailures: 'DELETE FROM failures WHERE at_ms < ?',

  addSettling: 'INSERT INTO settling VALUES (?, ?)',
  removeSettling: 'DELETE FROM settling WHERE id = ?',
  settlers: 'SELECT DISTINCT owner FROM settling',
  settlingOf: 'SELECT id FROM settling WHERE owner = ?',
  removeSettlers: 'DELETE FROM settling WHERE owner = ?',
} as const;

/** The catalog's statements by name. */
export type CacheTables = { readonly db: DatabaseSync } & Readonly<Record<keyof typeof statements, StatementSync>>;

export function connectCatalog(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 0 });
}

/** Makes the tables of a new file. Throws SQLite's busy error while another process does. */
export function prepareCatalog(db: DatabaseSync, path: string): CacheTables {
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY');
  inTransaction(db, path, () => {
    db.exec(tables);
    for (const { table, column, type } of later) {
      const isThere =
        db.prepare(`SELECT 1 FROM pragma_table_info('${table}') WHERE name = ?`).get(column) !== undefined;
      if (!isThere) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
    }
  });
  const prepared = Object.entries(statements).map(([name, sql]) => [name, db.prepare(sql)]);
  return { db, ...(Object.fromEntries(prepared) as Record<keyof typeof statements, StatementSync>) };
}

export type Row = Record<string, unknown>;

export function objectOf(row: Row): CachedObject {
  return {
    key: String(row.key),
    name: String(row.name),
    bytes: Number(row.bytes),
    initBytes: Number(row.init_bytes),
    diskBytes: Number(row.disk_bytes),
    gmac: row.gmac === null ? undefined : String(row.gmac),
    channelId: row.channel === null ? undefined : String(row.channel),
    usedAtMs: Number(row.used_ms),
    token: Number(row.token),
  };
}
