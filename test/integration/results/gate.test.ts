import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeSql } from '../../../src/adapters/clickhouse/server/execute.ts';
import { mayCall, takesFunction } from '../../../src/adapters/clickhouse/server/functions.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { readingAttacks, type Targets, writingAttacks } from '../../support/sqlattacks.ts';

const secretText = 'canary-4711';
let store: ChdbResults;
let origin: Server;
let asked = 0;
let targets: Targets;

// Names are needed before the store is open; what they stand for is filled in when the statement runs.
const placeholders: Targets = { secret: '%SECRET%', output: '%OUTPUT%', url: '%URL%' };
const filled = (sql: string): string =>
  sql.replaceAll('%SECRET%', targets.secret).replaceAll('%OUTPUT%', targets.output).replaceAll('%URL%', targets.url);

function run(
  query: string,
  parameters: Readonly<Record<string, string>> = {},
  settings: Readonly<Record<string, string>> = {},
) {
  return executeSql(() => store.engine.connect(), {
    query,
    format: 'TabSeparated',
    settings: new Map(Object.entries(settings)),
    parameters: new Map(Object.entries(parameters)),
  });
}

async function refusal(query: string): Promise<{ code: number; message: string }> {
  try {
    const { body } = await run(query);
    return { code: 0, message: `answered: ${body.toString('utf8').slice(0, 200)}` };
  } catch (error) {
    return error as { code: number; message: string };
  }
}

beforeAll(async () => {
  store = await chdbResults();
  origin = createServer((_, response) => {
    asked += 1;
    response.end(secretText);
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const secret = join(store.folder, 'secret.txt');
  await writeFile(secret, secretText);
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`;
  targets = { secret, output: join(store.folder, 'stolen.csv'), url };
  await store.results.insert('runs', [
    { run: 'live', node_id: 'n', kind: 'started', at: '2024-05-01 12:00:00.000', code_version: '1', model: 'v1' },
  ]);
});
afterAll(async () => {
  await store.close();
  await new Promise((resolve) => origin.close(resolve));
});

describe('a reader of the results', () => {
  it.each(readingAttacks(placeholders))('cannot read by %s', async (_, sql) => {
    const { code, message } = await refusal(filled(sql));
    // Refused by an access rule, or no statement at all to the engine; never an error from having tried.
    expect([497, 164, 62, 452], message).toContain(code);
    expect(message).not.toContain(secretText);
    expect(asked).toBe(0);
  });

  it.each(writingAttacks(placeholders))('cannot write or loosen a limit by %s', async (_, sql) => {
    const { code, message } = await refusal(filled(sql));
    expect([497, 164, 62, 452], message).toContain(code);
    expect(existsSync(targets.output)).toBe(false);
    expect(asked).toBe(0);
    expect(await store.results.query('SELECT count() AS rows FROM cliptide.runs')).toEqual([{ rows: '1' }]);
  });

  it.each([
    ['a table', 'SELECT * FROM {x:Identifier}', { x: 'system.processes' }],
    ['a table in two parts', 'SELECT * FROM {d:Identifier}.{x:Identifier}', { d: 'system', x: 'users' }],
    ['more than a name', 'SELECT {x:String}', { 'x = 1; DROP TABLE cliptide.runs; --': 'y' }],
  ])('cannot smuggle %s in by a parameter', async (_, sql, parameters) => {
    await expect(run(sql, parameters as Record<string, string>)).rejects.toMatchObject({
      code: expect.toSatisfy((code: number) => [497, 36].includes(code)),
    });
  });

  it('gets a parameter as a value, whatever it holds', async () => {
    const { body } = await run('SELECT {x:String}', { x: "'; DROP TABLE cliptide.runs; --" });
    expect(body.toString()).toBe("\\'; DROP TABLE cliptide.runs; --\n");
  });

  it('cannot loosen a limit in the address', async () => {
    for (const settings of [
      { allow_ddl: '1' },
      { format_schema: 'x' },
      { max_memory_usage: '0' },
      { unheard_of: '1' },
    ]) {
      await expect(run('SELECT 1', {}, settings as Record<string, string>)).rejects.toMatchObject({
        name: 'SqlException',
      });
    }
  });

  it('is stopped when a query takes too much memory, time or nesting, and the next one is answered', async () => {
    await expect(run('SELECT groupArray(number) FROM numbers(1000000000)')).rejects.toMatchObject({ code: 241 });
    await expect(run('SELECT number FROM numbers(100000000)')).rejects.toMatchObject({ code: 396 });
    const slow = run(
      'SELECT count() FROM numbers(900000000) WHERE sipHash64(toString(number)) = 1',
      {},
      { max_execution_time: '1' },
    );
    await expect(slow).rejects.toMatchObject({ code: 159 });
    await expect(run(`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`)).rejects.toMatchObject({ name: 'SqlException' });
    await expect(run(`SELECT '${'x'.repeat(300_000)}'`)).rejects.toMatchObject({ name: 'SqlException' });
    expect((await run('SELECT 1')).body.toString()).toBe('1\n');
  });

  it.each([
    ['every view and its columns', 'SELECT * FROM moments UNION ALL SELECT * FROM moments'],
    ['a view of all runs', "SELECT * FROM curve_all WHERE run = 'backfill' AND stream_id = 's'"],
    ['a qualified table', 'SELECT count() FROM cliptide.clips FINAL'],
    ['joins', 'SELECT c.title, h.score FROM clips AS c INNER JOIN highlights AS h USING (run, highlight_id)'],
    ['a set from a table', 'SELECT count() FROM clips WHERE highlight_id IN (SELECT highlight_id FROM highlights)'],
    ['a set of a CTE', 'WITH x AS (SELECT run FROM runs) SELECT count() FROM runs WHERE run IN x'],
    [
      'windows',
      'SELECT at, avg(score) OVER (PARTITION BY stream_id ORDER BY at ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) FROM seconds',
    ],
    ['window functions', 'SELECT row_number() OVER w, lagInFrame(score) OVER w FROM seconds WINDOW w AS (ORDER BY at)'],
    ['CTEs', 'WITH (SELECT max(score) FROM seconds) AS best, x AS (SELECT * FROM seconds) SELECT best, * FROM x'],
    ['recursion', 'WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 5) SELECT sum(n) FROM x'],
    ['JSON', `SELECT JSONExtractString('{"a":"b"}', 'a'), toJSONString(map('a', 1)), '{"a":{"b":1}}'::JSON.a.b`],
    [
      'aggregates with combinators',
      'SELECT sumIf(messages, score > 1), quantilesTDigestArrayIf(0.5, 0.9)([score], 1), uniqState(run), COUNT(*) FROM seconds',
    ],
    ['aggregates merged', 'SELECT countMerge(c) FROM (SELECT countState() AS c FROM seconds)'],
    ['lambdas', 'SELECT arrayMap(x -> x * 2, [1, 2]), arraySort((a, b) -> b, [1, 2], [2, 1])'],
    ['functions by name', 'SELECT arrayMap(lower, tags), arraySort(tags), arrayCount([0, 1]) FROM highlights'],
    [
      'time series',
      'SELECT toStartOfInterval(at, INTERVAL 1 minute) AS t, max(score) FROM seconds GROUP BY t ORDER BY t WITH FILL STEP INTERVAL 1 MINUTE',
    ],
    [
      'Grafana: macros filled in',
      'SELECT at AS time, score FROM curve WHERE at >= toDateTime64(1700000000, 3) AND at <= toDateTime64(1800000000, 3) LIMIT 1000',
    ],
    [
      'Grafana: what tables are there',
      "SELECT name, database FROM system.tables WHERE database NOT IN ('system') ORDER BY name",
    ],
    [
      'Grafana: what columns are there',
      "SELECT name, type FROM system.columns WHERE database = 'cliptide' AND table = 'clips'",
    ],
    ['Grafana: hello', 'SELECT displayName(), version(), revision(), timezone()'],
    ['Grafana: functions', 'SELECT name FROM system.functions LIMIT 5'],
    ['bounded settings', "SELECT 1 SETTINGS max_threads = 1, final = 0, date_time_output_format = 'iso'"],
    ['values', "SELECT * FROM VALUES('a UInt8, b String', (1, 'x'), (2, 'y'))"],
    ['DESCRIBE', 'DESCRIBE TABLE clips'],
    ['DESCRIBE a query', 'DESC (SELECT * FROM clips)'],
    ['SHOW TABLES', "SHOW TABLES FROM cliptide LIKE '%clips%'"],
    ['SHOW DATABASES', 'SHOW DATABASES'],
    ['SHOW CREATE', 'SHOW CREATE TABLE cliptide.clips'],
    ['EXISTS', 'EXISTS TABLE clips'],
    ['EXPLAIN', 'EXPLAIN PLAN indexes = 1 SELECT count() FROM seconds'],
    ['EXPLAIN of kinds', 'EXPLAIN PIPELINE SELECT count() FROM seconds'],
    [
      'a text that looks like an attack',
      "SELECT 'file(\\'/etc/passwd\\') INTO OUTFILE; DROP TABLE x' AS `SETTINGS of`",
    ],
  ])('can ask: %s', async (_, sql) => {
    await expect(run(sql)).resolves.toMatchObject({ format: 'TabSeparated' });
  });
});

describe('the list of functions', () => {
  it('knows of each that a reader may call whether it takes a function by its bare name', async () => {
    const answer = await store.results.query('SELECT name FROM system.functions WHERE higher_order = 1');
    const names = answer.map(({ name }) => String(name));
    expect(names).toContain('arrayMap');
    expect(names.filter((name) => mayCall(name) && !takesFunction(name))).toEqual([]);
  });

  it('names only what the engine has, and nothing that is also a table function that reads', async () => {
    const functions = await store.results.query('SELECT name FROM system.functions');
    const known = functions.map(({ name }) => String(name));
    const sources = await store.results.query('SELECT name FROM system.table_functions');
    const both = sources.map(({ name }) => String(name)).filter(mayCall);
    expect(both).toEqual(['format']);
    const refused = known.filter((name) => !mayCall(name));
    for (const name of [
      'file',
      'dictGet',
      'joinGet',
      'getSetting',
      'sleep',
      'catboostEvaluate',
      'aiGenerate',
      'chdb',
      'FQDN',
    ]) {
      expect(refused).toContain(name);
    }
  });
});
