import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithOwnServices } from '../../support/services.ts';

const silent = { log: { level: ClickHouseLogLevel.OFF } } as const;
const columns = 'id UInt32, text String, at DateTime64(3)';
const rows = Array.from({ length: 5000 }, (_, id) => ({
  id,
  text: `😀 'a' "b" \\ \t ü${id}`,
  at: '2026-01-02 03:04:05.678',
}));

describeWithOwnServices(
  { folder: 'clickhouse', services: ['clickhouse'] },
  'the engine that may be written to',
  (own) => {
    let client: ClickHouseClient;
    beforeAll(async () => {
      client = createClient({
        url: own.address('clickhouse'),
        compression: { request: true, response: true },
        ...silent,
      });
      await client.command({ query: 'CREATE DATABASE d' });
    });
    afterAll(() => client.close());

    const table = async (name: string): Promise<string> => {
      await client.command({ query: `CREATE TABLE d.${name} (${columns}) ENGINE = MergeTree ORDER BY id` });
      return `d.${name}`;
    };
    const read = async (from: string): Promise<unknown[]> =>
      (await client.query({ query: `SELECT * FROM ${from} ORDER BY id`, format: 'JSONEachRow' })).json();

    it('takes rows as the client sends them', async () => {
      const name = await table('sent');
      await client.insert({ table: name, values: rows, format: 'JSONEachRow' });
      await client.insert({ table: name, values: Readable.from(rows), format: 'JSONEachRow' });
      expect(await read(`(SELECT DISTINCT * FROM ${name})`)).toEqual(rows);
      expect(await read(name)).toHaveLength(2 * rows.length);
    });

    it('takes a stream, and no character that lies across two chunks is lost', async () => {
      const name = await table('streamed');
      const bytes = Buffer.from(rows.map(({ id, at }) => `${id}\t€😀\t${at}\n`).join(''));
      const starts = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, index) => index * 997);
      const chunks = starts.map((start) => bytes.subarray(start, start + 997));
      await client.insert({
        table: name,
        values: Readable.from(chunks, { objectMode: false }),
        format: 'TabSeparated',
      });
      expect(await read(name)).toEqual(rows.map((row) => ({ ...row, text: '€😀' })));
    });

    it.each([
      ['TabSeparated', '1\ttab\\t\t2026-01-02 03:04:05.678\n'],
      ['CSVWithNames', 'id,at,text\n1,2026-01-02 03:04:05.678,"tab\t"\n'],
      ['TabSeparatedWithNames', 'at\ttext\tid\n2026-01-02 03:04:05.678\ttab\\t\t1\n'],
    ] as const)('takes %s', async (format, text) => {
      const name = await table(format);
      await client.insert({ table: name, values: Readable.from([text], { objectMode: false }), format });
      expect(await read(name)).toEqual([{ id: 1, text: 'tab\t', at: '2026-01-02 03:04:05.678' }]);
    });

    it('sets settings, parameters and database for one request only', async () => {
      await client.command({ query: `CREATE TABLE IF NOT EXISTS d.here (${columns}) ENGINE = Memory` });
      const query = "SELECT getSetting('max_block_size') AS block, currentDatabase() AS database, {p:String} AS p";
      const inD = createClient({ url: own.address('clickhouse'), database: 'd', ...silent });
      const set = { query, query_params: { p: "it's" }, clickhouse_settings: { max_block_size: '77' } };
      const first = await inD.query({ ...set, format: 'JSONEachRow' });
      const second = await client.query({ query, query_params: { p: '' }, format: 'JSONEachRow' });
      await inD.close();
      expect(await first.json()).toEqual([{ block: 77, database: 'd', p: "it's" }]);
      expect(await second.json()).not.toEqual([expect.objectContaining({ block: 77 })]);
    });

    it.each([
      ['SELECT nothing', '47', 'UNKNOWN_IDENTIFIER'],
      ['INSERT INTO d.nowhere VALUES (1)', '60', 'UNKNOWN_TABLE'],
      ["INSERT INTO FUNCTION null('a UInt8') VALUES ('x')", '6', 'CANNOT_PARSE_TEXT'],
    ])('fails as the engine does: %s', async (query, code, type) => {
      await expect(client.command({ query })).rejects.toMatchObject({ code, type });
    });

    it('refuses bytes that it could not pass on unchanged', async () => {
      const { origin, username, password } = new URL(own.address('clickhouse'));
      const response = await fetch(`${origin}/?query=INSERT+INTO+FUNCTION+null('a+UInt8')+FORMAT+RowBinary`, {
        method: 'POST',
        headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
        body: Buffer.from([255]),
      });
      expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('NOT_IMPLEMENTED')]);
    });

    it('lets nobody in without the password', async () => {
      const stranger = createClient({ url: own.address('clickhouse').replace(/:[^:@]+@/, ':guess@'), ...silent });
      await expect(stranger.command({ query: 'SELECT 1' })).rejects.toMatchObject({ type: 'AUTHENTICATION_FAILED' });
      await stranger.close();
    });

    describe.each(['gently', 'kill'] as const)('stopped (%s) and started', (how) => {
      it('is at the same address with the same rows', async () => {
        const name = await table(how);
        await client.insert({ table: name, values: rows, format: 'JSONEachRow' });
        await own.stop(['clickhouse'], how);
        await expect(client.command({ query: 'SELECT 1' })).rejects.toThrow();
        await own.start(['clickhouse']);
        expect(await read(name)).toEqual(rows);
      });
    });
  },
);
