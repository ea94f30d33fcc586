import { request } from 'node:http';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SqlServer, startSqlServer } from '../../../src/adapters/clickhouse/server/server.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { clip, input, second } from '../../support/recordinputs.ts';

const token = 'a-token-of-at-least-thirty-two-characters';
let store: ChdbResults;
let server: SqlServer;
let client: ClickHouseClient;

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request as it is, with any Host header; `fetch` would set its own. */
function ask(
  path: string,
  options: { headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Raw> {
  const { headers = {}, method = 'GET', body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const withKey = { 'X-ClickHouse-User': 'cliptide', 'X-ClickHouse-Key': token };
const sql = (query: string, more = ''): string => `/?query=${encodeURIComponent(query)}${more}`;

beforeAll(async () => {
  store = await chdbResults();
  server = await startSqlServer({ connect: () => store.engine.connect(), token, port: 0 });
  client = createClient({
    url: `http://127.0.0.1:${server.port}`,
    username: 'cliptide',
    password: token,
    compression: { response: true },
    log: { level: ClickHouseLogLevel.OFF },
  });
  await recordStage(store).handle([input('streams.seconds', second(1)), input('clips.rendered', clip('k1', 'h1'))]);
});
afterAll(async () => {
  await client.close();
  await server.close();
  await store.close();
});

describe("@clickhouse/client on the results' port", () => {
  it('reaches it', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  it('reads rows in the formats that it knows, with the summary', async () => {
    const query = 'SELECT channel_id, clips FROM clips_per_day';
    const json = await client.query({ query, format: 'JSON' });
    expect(await json.json()).toMatchObject({ rows: 1, data: [{ channel_id: 'c1', clips: '1' }] });
    expect(JSON.parse(String(json.response_headers['x-clickhouse-summary']))).toMatchObject({ result_rows: '1' });
    const rows = await client.query({ query, format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([{ channel_id: 'c1', clips: '1' }]);
    const csv = await client.query({ query, format: 'CSVWithNames' });
    expect(await csv.text()).toBe('"channel_id","clips"\n"c1",1\n');
  });

  it('binds parameters of every kind as the server would', async () => {
    const answer = await client.query({
      query:
        'SELECT {s:String} AS s, {a:Array(String)} AS a, {n:Nullable(Int8)} AS n, {t:DateTime} AS t, {m:Map(String, UInt8)} AS m',
      query_params: { s: "a'b\n\\c\t", a: ["q'", '\t', '\\'], n: null, t: new Date(1_714_564_800_000), m: { x: 1 } },
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([
      { s: "a'b\n\\c\t", a: ["q'", '\t', '\\'], n: null, t: '2024-05-01 12:00:00', m: { x: 1 } },
    ]);
  });

  it('streams a larger answer row by row', async () => {
    const answer = await client.query({ query: 'SELECT number FROM numbers(200000)', format: 'JSONEachRow' });
    let rows = 0;
    for await (const batch of answer.stream()) rows += batch.length;
    expect(rows).toBe(200_000);
  });

  it.each([
    ['selec', '62', 'SYNTAX_ERROR'],
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['SELECT nothing FROM clips', '47', 'UNKNOWN_IDENTIFIER'],
    ["SELECT file('x')", '497', 'ACCESS_DENIED'],
    ['SELECT throwIf(1)', '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['SELECT {missing:String}', '456', 'UNKNOWN_QUERY_PARAMETER'],
  ])("gets the engine's own exception: %s", async (query, code, type) => {
    const failed = await client.query({ query, format: 'JSONEachRow' }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ClickHouseError);
    expect(failed).toMatchObject({ code, type });
  });

  it('cannot insert', async () => {
    const inserted = client.insert({ table: 'cliptide.runs', values: [{ run: 'x' }], format: 'JSONEachRow' });
    await expect(inserted).rejects.toMatchObject({ code: '164' });
  });

  it('keeps the settings of one query from the next', async () => {
    const query = "SELECT toTimeZone(toDateTime(0), 'UTC') AS t";
    const clickhouse_settings = { date_time_output_format: 'iso' } as const;
    const one = await client.query({ query, format: 'JSONEachRow', clickhouse_settings });
    expect(await one.json()).toEqual([{ t: '1970-01-01T00:00:00Z' }]);
    const two = await client.query({ query, format: 'JSONEachRow' });
    expect(await two.json()).toEqual([{ t: '1970-01-01 00:00:00' }]);
  });

  it('gets its own answer when many ask at once', async () => {
    const answers = Array.from({ length: 12 }, async (_, n) => {
      const answer = await client.query({ query: 'SELECT {n:UInt8} AS n', query_params: { n }, format: 'JSONEachRow' });
      return (await answer.json<{ n: number }>())[0]?.n;
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });
});

describe("the results' port", () => {
  it('answers without a token only that it is there', async () => {
    expect(await ask('/ping')).toMatchObject({ status: 200, body: 'Ok.\n' });
    const asked = await ask(sql('SELECT 1'));
    expect(asked).toMatchObject({ status: 401, headers: { 'x-clickhouse-exception-code': '194' } });
    expect(asked.headers['www-authenticate']).toContain('Basic');
    expect((await ask(sql('SELECT 1'), { headers: { 'X-ClickHouse-Key': `${token}x` } })).status).toBe(403);
    expect((await ask(sql('SELECT 1', '&password='))).status).toBe(403);
  });

  it('takes the token in each of the ways in which clients send it', async () => {
    const basic = `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}`;
    const answers = await Promise.all([
      ask(sql('SELECT 1'), { headers: withKey }),
      ask(sql('SELECT 1'), { headers: { Authorization: basic } }),
      ask(sql('SELECT 1', `&user=cliptide&password=${token}`)),
    ]);
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([200, '1\n']));
  });

  it('refuses a page of another site that rebinds its name to this machine', async () => {
    for (const Host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil.example']) {
      expect(await ask(sql('SELECT 1'), { headers: { ...withKey, Host } })).toMatchObject({ status: 403 });
      expect((await ask('/ping', { headers: { Host } })).status).toBe(403);
    }
    expect((await ask(sql('SELECT 1'), { headers: { ...withKey, Host: `localhost:${server.port}` } })).status).toBe(
      200,
    );
  });

  it('takes the query in the address, in the body or in both, and the format in three ways', async () => {
    const headers = withKey;
    expect((await ask('/', { method: 'POST', body: 'SELECT 1 AS x FORMAT JSONEachRow', headers })).body).toBe(
      '{"x":1}\n',
    );
    expect((await ask(sql('SELECT 1 AS x'), { method: 'POST', body: 'FORMAT CSV', headers })).body).toBe('1\n');
    expect((await ask(sql('SELECT 1 AS x', '&default_format=JSONEachRow'), { headers })).body).toBe('{"x":1}\n');
    const named = await ask(sql('SELECT 1 AS x'), { headers: { ...headers, 'X-ClickHouse-Format': 'JSONEachRow' } });
    expect(named).toMatchObject({ body: '{"x":1}\n', headers: { 'x-clickhouse-format': 'JSONEachRow' } });
  });

  it("answers Grafana's data source: Native, gzip, its hello and its parameters", async () => {
    const path = sql(
      'SELECT displayName(), version(), revision(), timezone()',
      '&default_format=Native&database=default&client_protocol_version=54460&max_execution_time=60&enable_http_compression=1&query_id=grafana-1',
    );
    const answer = await ask(path, { method: 'POST', headers: { ...withKey, 'Accept-Encoding': 'gzip' } });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-encoding': 'gzip', 'x-clickhouse-query-id': 'grafana-1' },
    });
  });

  it.each([
    ['another database', sql('SELECT 1', '&database=system'), 403, 497],
    ['to be let write', sql('SELECT 1', '&readonly=0'), 403, 164],
    ['a setting that is not for readers', sql('SELECT 1', '&format_schema=x'), 403, 164],
    ['a format that reads a schema', sql('SELECT 1', '&default_format=Protobuf'), 403, 497],
    ['a limit too high', sql('SELECT 1', '&max_memory_usage=99999999999'), 500, 452],
    ['nothing', '/?query=', 400, 62],
    ['an unknown table', sql('SELECT * FROM nowhere'), 404, 60],
  ])("refuses %s with ClickHouse's code and status", async (_, path, status, code) => {
    const answer = await ask(path, { headers: withKey });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-clickhouse-exception-code']).toBe(String(code));
    expect(answer.body).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .+ \\([A-Z_]+\\) \\(version [\\d.]+\\)\\n$`, 's'),
    );
  });

  it('refuses a body larger than it reads, a path and a method that it does not have', async () => {
    const body = `SELECT '${'x'.repeat(1_100_000)}'`;
    expect((await ask('/', { method: 'POST', headers: withKey, body })).status).toBe(413);
    expect((await ask('/../etc/passwd', { headers: withKey })).status).toBe(404);
    expect((await ask(sql('SELECT 1'), { headers: withKey, method: 'DELETE' })).status).toBe(501);
  });

  it('ends the query of a client that hangs up, and those that still run when it stops', async () => {
    const long = 'SELECT count() FROM clips, numbers(1000000) AS a, numbers(1000000) AS b, numbers(1000000) AS c';
    const running = async (): Promise<number> => {
      const query = "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] != ''";
      return Number((await store.results.query(query))[0]?.n);
    };
    const own = await startSqlServer({ connect: () => store.engine.connect(), token, port: 0 });
    const url = `http://127.0.0.1:${own.port}/`;
    const hangUp = new AbortController();
    const first = fetch(url, { method: 'POST', body: long, headers: withKey, signal: hangUp.signal });
    first.catch(() => undefined);
    await vi.waitFor(async () => expect(await running()).toBe(1), { timeout: 10_000 });
    hangUp.abort();
    await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 10_000 });
    const second = fetch(url, { method: 'POST', body: long, headers: withKey });
    await vi.waitFor(async () => expect(await running()).toBe(1), { timeout: 10_000 });
    const stopped = own.close();
    expect((await second).headers.get('x-clickhouse-exception-code')).toBe('394');
    await stopped;
  });

  it('says that its port is taken', async () => {
    const second = startSqlServer({ connect: () => store.engine.connect(), token, port: server.port });
    await expect(second).rejects.toMatchObject({ code: 'config', where: expect.stringContaining(String(server.port)) });
  });
});
