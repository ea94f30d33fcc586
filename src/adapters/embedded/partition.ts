import type { StatementSync } from 'node:sqlite';
import type { AppendRecord, LogRecord } from '../../ports/eventlog.ts';
import type { EmbeddedStore } from './store.ts';

/** Values of one read together are kept below this, so that a backlog of large records cannot fill the memory. */
const readBytes = 8 << 20;
/** How many records are read before their size is known. */
const firstRead = 64;
const noHeaders: LogRecord['headers'] = Object.freeze({});

type Row = [offset: number, at: number, key: string, headers: string | null, value: Uint8Array | null];

/** Creates the table of a new partition. Appends go to its end, so its pages fill up in order. */
export function createPartition(store: EmbeddedStore, topic: string, partition: number, compacted: boolean): void {
  const { lastInsertRowid: id } = store.db
    .prepare('INSERT INTO partitions(topic, partition, start, next) VALUES (?, ?, 0, 0)')
    .run(topic, partition);
  store.db.exec(
    `CREATE TABLE log_${id}(offset INTEGER PRIMARY KEY, at INTEGER NOT NULL, key TEXT NOT NULL, headers TEXT, value BLOB)`,
  );
  if (compacted) store.db.exec(`CREATE INDEX log_${id}_key ON log_${id}(key, offset)`);
}

/** One partition of a topic: a table whose rows are its records. Every method is synchronous. */
export class Partition {
  readonly topic: string;
  readonly number: number;
  readonly id: number;
  /** First offset that retention has left. */
  start = 0;
  /** Offset of the record that is appended next. */
  next = 0;
  /** Records appended since the last compaction, and what it left. */
  dirty = 0;
  kept = 0;
  #lastAtMs = 0;
  readonly #store: EmbeddedStore;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #atOrAfter: StatementSync;

  constructor(store: EmbeddedStore, topic: string, number: number, id: number) {
    this.#store = store;
    this.topic = topic;
    this.number = number;
    this.id = id;
    this.#insert = store.db.prepare(`INSERT INTO log_${id} VALUES (?, ?, ?, ?, ?)`);
    this.#select = store.db.prepare(
      `SELECT offset, at, key, headers, value FROM log_${id} WHERE offset > ? ORDER BY offset LIMIT ?`,
    );
    this.#select.setReturnArrays(true);
    this.#atOrAfter = store.db.prepare(`SELECT offset, at FROM log_${id} WHERE offset >= ? ORDER BY offset LIMIT 1`);
    this.reload();
  }

  /** Reads its bounds from the file: at the start, and after a transaction that was rolled back. */
  reload(): void {
    const row = this.#store.db.prepare('SELECT start, next FROM partitions WHERE id = ?').get(this.id);
    const last = this.#store.db.prepare(`SELECT offset, at FROM log_${this.id} ORDER BY offset DESC LIMIT 1`).get();
    this.start = Number(row?.start ?? 0);
    // The stored number counts where the newest records were removed; otherwise the newest record says it.
    this.next = Math.max(Number(row?.next ?? 0), last === undefined ? 0 : Number(last.offset) + 1);
    this.#lastAtMs = Number(last?.at ?? 0);
  }

  /** Within a transaction of the caller's. Append times never fall, so that a time can be searched for. */
  append(record: AppendRecord, nowMs: number): number {
    const offset = this.next;
    if (nowMs > this.#lastAtMs) this.#lastAtMs = nowMs;
    const headers = record.headers === undefined ? null : JSON.stringify(record.headers);
    this.#insert.run(offset, this.#lastAtMs, record.key, headers, record.value);
    this.next = offset + 1;
    this.dirty++;
    return offset;
  }

  /** Fewer than `maxRecords` also where they are large; none only at the end. */
  read(from: number, maxRecords: number): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    let limit = Math.min(maxRecords, firstRead);
    while (limit > 0) {
      const rows = this.#select.all(records.at(-1)?.offset ?? from - 1, limit) as unknown as Row[];
      for (const row of rows) {
        records.push(this.#record(row));
        bytes += row[4]?.length ?? 0;
      }
      if (rows.length < limit) break;
      const fitting = Math.floor(((readBytes - bytes) * records.length) / Math.max(bytes, 1));
      limit = Math.min(maxRecords - records.length, fitting);
    }
    return records;
  }

  /** First offset whose append time is not earlier; `next` when there is none. */
  offsetAt(timeMs: number): number {
    let low = this.start;
    let high = this.next;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#atOrAfter.get(middle);
      if (row === undefined || Number(row.at) >= timeMs) high = middle;
      else low = Number(row.offset) + 1;
    }
    const row = this.#atOrAfter.get(low);
    return row === undefined ? this.next : Number(row.offset);
  }

  /** When the first record was appended; undefined when there is none. */
  oldestAtMs(): number | undefined {
    const row = this.#atOrAfter.get(this.start);
    return row === undefined ? undefined : Number(row.at);
  }

  /** Removes the records below an offset for good. */
  removeBelow(offset: number): void {
    this.#store.transaction(() => {
      this.#store.db.prepare(`DELETE FROM log_${this.id} WHERE offset < ?`).run(offset);
      this.#saveBounds(offset);
    });
    this.start = offset;
  }

  /** Keeps the newest record of each key, and drops tombstones that were appended before the given time. */
  compact(tombstonesBeforeMs: number): void {
    this.#store.transaction(() => {
      const { db } = this.#store;
      const newest = `SELECT max(offset) FROM log_${this.id} GROUP BY key`;
      db.prepare(`DELETE FROM log_${this.id} WHERE offset NOT IN (${newest})`).run();
      db.prepare(`DELETE FROM log_${this.id} WHERE value IS NULL AND at < ?`).run(tombstonesBeforeMs);
      this.#saveBounds(this.start);
    });
    this.dirty = 0;
    this.kept = Number(this.#store.db.prepare(`SELECT count(*) AS count FROM log_${this.id}`).get()?.count);
  }

  #saveBounds(start: number): void {
    this.#store.db.prepare('UPDATE partitions SET start = ?, next = ? WHERE id = ?').run(start, this.next, this.id);
  }

  #record(row: Row): LogRecord {
    const [offset, appendedAtMs, key, headers, value] = row;
    const parsed = headers === null ? noHeaders : (JSON.parse(headers) as LogRecord['headers']);
    return { topic: this.topic, partition: this.number, offset, key, value, headers: parsed, appendedAtMs };
  }
}
