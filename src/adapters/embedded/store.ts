import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CliptideError } from '../../domain/errors.ts';
import { inTransaction, isBusy, sqliteError } from './sqlite.ts';

/** Version of the tables below, kept in the file's `user_version`. */
const format = 1;

const tables = `
  CREATE TABLE topics(name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, cleanup TEXT NOT NULL, retention_ms INTEGER);
  CREATE TABLE partitions(id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    start INTEGER NOT NULL, next INTEGER NOT NULL, UNIQUE(topic, partition));
  CREATE TABLE commits(consumers TEXT, topic TEXT, partition INTEGER, next INTEGER NOT NULL,
    PRIMARY KEY(consumers, partition, topic)) WITHOUT ROWID;
  CREATE TABLE epochs(consumers TEXT, partition INTEGER, epoch INTEGER NOT NULL,
    PRIMARY KEY(consumers, partition)) WITHOUT ROWID;
  CREATE TABLE schemas(id INTEGER PRIMARY KEY, schema TEXT NOT NULL UNIQUE);
  CREATE TABLE schema_versions(subject TEXT, version INTEGER, id INTEGER NOT NULL,
    PRIMARY KEY(subject, version)) WITHOUT ROWID;
  PRAGMA user_version = ${format};
`;

export interface StoreSize {
  readonly usedBytes: number;
  readonly freeBytes: number;
}

/** The SQLite file that the event log and the schema registry share; this process is its only owner. */
export interface EmbeddedStore {
  readonly path: string;
  readonly db: DatabaseSync;
  /** One durable write transaction; throws `space`, `corrupt` or `unavailable` when the file cannot take it. */
  transaction<T>(work: () => T): T;
  /** Bytes of the file that hold data, and bytes that wait to be used again. */
  size(): StoreSize;
  close(): void;
}

/**
 * Opens the file, or makes it; `:memory:` keeps everything in memory. It is locked until `close` or the end of the
 * process, kill -9 included, since the lock is the kernel's. Throws `busy` when another process owns it, `corrupt` when
 * it is no such file, `config` when it cannot be opened.
 */
export function openStore(path: string): EmbeddedStore {
  const db = connect(path);
  try {
    own(db, path);
  } catch (error) {
    db.close();
    throw isBusy(error) ? owned(path, error) : sqliteError(error, path);
  }
  if (path !== ':memory:') writeFileSync(ownerFile(path), `${process.pid}\n`);
  return {
    path,
    db,
    transaction: (work) => inTransaction(db, path, work),
    size: () => size(db),
    close: () => {
      db.close();
      if (path !== ':memory:') rmSync(ownerFile(path), { force: true });
    },
  };
}

function connect(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw sqliteError(error, path);
  }
}

/** Takes the lock, which `locking_mode=EXCLUSIVE` keeps from the first read on, and makes the tables of a new file. */
function own(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL');
  // NORMAL: what was committed survives the death of the process; a power cut may take the last commits, whole ones.
  db.exec('PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000');
  db.exec('PRAGMA journal_size_limit=16777216');
  const version = number(db, 'user_version');
  if (version > format) {
    throw new CliptideError('config', 'the data was written by a newer version of Cliptide', {
      where: path,
      hint: 'use that version, or another data folder',
    });
  }
  if (version === 0) inTransaction(db, path, () => db.exec(tables));
}

const ownerFile = (path: string): string => `${path}.owner`;

function owned(path: string, cause: unknown): CliptideError {
  let pid = '';
  try {
    pid = readFileSync(ownerFile(path), 'utf8').trim();
  } catch {
    // The owner is about to write it, or may not: the message does without.
  }
  const who = pid === '' ? 'another process' : `process ${pid}`;
  return new CliptideError('busy', `${who} owns this data already`, {
    where: path,
    hint: `stop ${who} first, or choose another data folder; "cliptide sql" asks its results while it runs`,
    cause,
  });
}

function number(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

function size(db: DatabaseSync): StoreSize {
  const pageBytes = number(db, 'page_size');
  const free = number(db, 'freelist_count');
  return { usedBytes: (number(db, 'page_count') - free) * pageBytes, freeBytes: free * pageBytes };
}
