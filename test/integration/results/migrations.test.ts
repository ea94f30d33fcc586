import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/clickhouse/migrate.ts';
import { migrationsFolder, readMigrations } from '../../../src/adapters/clickhouse/migrationfiles.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';

let store: ChdbResults;
let folder: string;
beforeAll(async () => {
  store = await chdbResults();
  folder = join(store.folder, 'migrations');
  await cp(migrationsFolder(), folder, { recursive: true });
});
afterAll(() => store.close());

const applied = () => store.results.query('SELECT number, name FROM cliptide.migrations ORDER BY number');

describe('migrations', () => {
  it('are numbered without a gap, and each statement can run again after a crash', async () => {
    const migrations = await readMigrations(folder);
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    expect(migrations).toHaveLength((await readdir(folder)).length);
    const client = store.engine.connect();
    for (const { statements } of migrations) for (const query of statements) await client.command({ query });
  });

  it('are applied once, a new one after the others', async () => {
    const before = await applied();
    const next = `${String(before.length + 1).padStart(3, '0')}-more.sql`;
    const sql =
      '-- One; with a semicolon\nCREATE TABLE IF NOT EXISTS cliptide.more (a Int8) ENGINE = ReplacingMergeTree ORDER BY a;\n';
    await writeFile(join(folder, next), `${sql}\nINSERT INTO cliptide.more VALUES (1), (2);\n`);
    const client = store.engine.connect();
    await migrate(client, folder);
    await migrate(client, folder);
    expect((await applied()).slice(before.length)).toEqual([{ number: before.length + 1, name: next }]);
    expect(await store.results.query('SELECT * FROM cliptide.more ORDER BY a')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('bring results of before up to date, with the rows that they hold', async () => {
    const before = join(store.folder, 'before');
    for (const name of (await readdir(migrationsFolder())).slice(0, 3)) {
      await cp(join(migrationsFolder(), name), join(before, name));
    }
    const client = store.engine.connect();
    await migrate(client, before, 'older');
    const ids = "'live', 'c1', 's1', 'h1'";
    const columns = 'run, channel_id, stream_id, highlight_id, revision, to_state, version';
    await client.command({ query: `INSERT INTO older.transitions (${columns}) VALUES (${ids}, 1, 'detected', 1)` });
    await client.command({
      query: `INSERT INTO older.highlights (run, channel_id, stream_id, highlight_id, title) VALUES (${ids}, 'kept')`,
    });
    await migrate(client, migrationsFolder(), 'older');
    const answer = await client.query({
      query: 'SELECT title, state, decided_at FROM older.moments',
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([{ title: 'kept', state: 'detected', decided_at: null }]);
    const times = await client.query({ query: 'SELECT state, seconds FROM older.state_times', format: 'JSONEachRow' });
    expect(await times.json()).toEqual([{ state: 'detected', seconds: null }]);
  });

  it('that were changed after they were applied are refused, and say so', async () => {
    const path = join(folder, '001-tables.sql');
    const original = await readFile(path, 'utf8');
    await writeFile(path, `${original}-- a change\n`);
    const client = store.engine.connect();
    await expect(migrate(client, folder)).rejects.toMatchObject({ code: 'corrupt', where: '001-tables.sql' });
    await writeFile(path, original);
    await expect(migrate(client, folder)).resolves.toBeUndefined();
  });
});

describe('tables', () => {
  it('have the run in every key and no partition that does not follow from the key', async () => {
    const tables = await store.results.query(
      "SELECT name, engine, sorting_key, partition_key FROM system.tables WHERE database = 'cliptide' AND engine LIKE '%MergeTree' AND name NOT IN ('migrations', 'more')",
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      expect(table, String(table.name)).toMatchObject({ engine: 'ReplacingMergeTree' });
      expect(String(table.sorting_key)).toMatch(/^run\b/);
      expect(['', 'toYYYYMM(at)']).toContain(table.partition_key);
      if (table.partition_key !== '') expect(String(table.sorting_key)).toMatch(/\bat\b/);
    }
  });
});
