import { readFileSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClickHouseServer, openClickHouse } from '../../../src/adapters/clickhouse/http.ts';
import { clickhouseResults } from '../../../src/adapters/clickhouse/results.ts';
import type { Results } from '../../../src/ports/results.ts';
import { selfSigned } from '../../support/certificates.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { type Answer, StubServer } from '../../support/stubserver.ts';

const password = 'a-password-of-this-test';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function resultsAt(server: ClickHouseServer): Results {
  const engine = openClickHouse({ username: 'cliptide', password, ...server });
  closing.push(() => engine.close());
  return clickhouseResults({ engine, database: 'own' });
}

async function stub(answer: Answer, options: Partial<ClickHouseServer> = {}): Promise<Results> {
  const server = await StubServer.start(answer);
  closing.push(() => server.close());
  return resultsAt({ url: server.url, ...options });
}

const calls: readonly (readonly [string, (results: Results) => Promise<unknown>])[] = [
  ['an insert', (results) => results.insert('seconds', [{ run: 'live' }])],
  ['a query', (results) => results.query('SELECT * FROM seconds')],
  ['a migration', (results) => results.migrate()],
];

const begin = (response: Parameters<Answer>[1]): void => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"run":"li');
};

const broken: readonly (readonly [string, Answer])[] = [
  ['answers nothing', () => undefined],
  ['stops in the middle of its answer', (_, response) => begin(response)],
  [
    'breaks off in the middle of its answer',
    (_, response) => {
      begin(response);
      setImmediate(() => response.destroy());
    },
  ],
  ['closes the connection', (_, response) => void response.destroy()],
  ['is behind a proxy that says so', (_, response) => void response.writeHead(502).end('<html>Bad Gateway</html>')],
  ['is behind a proxy that says nothing', (_, response) => void response.writeHead(503).end()],
];

describe.each(calls)('%s, when the server', (_, call) => {
  it.each(broken)('%s, is refused as unavailable', async (_, answer) => {
    const results = await stub(answer, { timeoutMs: 200 });
    await expect(call(results)).rejects.toMatchObject({ name: 'CliptideError', code: 'unavailable' });
  });

  it('is not there, is refused as unavailable', async () => {
    const server = await StubServer.start(() => undefined);
    await server.close();
    await expect(call(resultsAt({ url: server.url }))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('what the server says is wrong', () => {
  it.each([
    [202, 500, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'unavailable'],
    [241, 500, 'MEMORY_LIMIT_EXCEEDED', 'unavailable'],
    [252, 500, 'TOO_MANY_PARTS', 'unavailable'],
    [242, 500, 'TABLE_IS_READ_ONLY', 'unavailable'],
    [159, 500, 'TIMEOUT_EXCEEDED', 'timeout'],
    [243, 500, 'NOT_ENOUGH_SPACE', 'space'],
    [516, 401, 'AUTHENTICATION_FAILED', 'forbidden'],
    [497, 403, 'ACCESS_DENIED', 'forbidden'],
    [62, 400, 'SYNTAX_ERROR', 'internal'],
  ])('is known by its code %d', async (code, status, type, expected) => {
    const results = await stub((_, response) => {
      response.writeHead(status, { 'X-ClickHouse-Exception-Code': `${code}` });
      response.end(`Code: ${code}. DB::Exception: It says why. (${type}) (version 26.7.2.1)\n`);
    });
    const error: unknown = await results.insert('seconds', [{ run: 'live' }]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expected, where: 'seconds', message: expect.stringContaining('It says why.') });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(password);
  });

  it('is said with what to do where the tables were never made', async () => {
    const results = await stub((_, response) => {
      response.writeHead(404, { 'X-ClickHouse-Exception-Code': '81' });
      response.end('Code: 81. DB::Exception: Database own does not exist. (UNKNOWN_DATABASE) (version 26.7.2.1)\n');
    });
    await expect(results.query('SELECT 1')).rejects.toMatchObject({ hint: expect.stringContaining('topology apply') });
  });
});

describe('what the server is asked', () => {
  it('waits for rows to be in the table, signs in, and names the database only where it must be there', async () => {
    const asked: URL[] = [];
    const headers: unknown[] = [];
    const results = await stub((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://stub'));
      headers.push(request.headers.authorization);
      response.end();
    });
    await results.insert('seconds', [{ run: 'live' }]);
    await results.query('SELECT 1');
    const [insert, query] = asked.map(({ searchParams }) => searchParams);
    expect(insert?.get('query')).toContain('INSERT INTO own.seconds');
    expect(insert?.get('database')).toBeNull();
    expect(insert?.get('async_insert')).toBe('0');
    expect(query?.get('database')).toBe('own');
    expect(query?.get('wait_end_of_query')).toBe('1');
    expect(Number(query?.get('max_execution_time'))).toBeLessThan(30);
    const basic = `Basic ${Buffer.from(`cliptide:${password}`).toString('base64')}`;
    expect(headers).toEqual([basic, basic]);
  });

  it.each([
    ['made where it is missing', '', 1],
    ['left alone where it is there, since not everybody may make one', '{"name":"own"}\n', 0],
  ])('the database is %s', async (_, found, times) => {
    const statements: string[] = [];
    const results = await stub((_request, response, body) => {
      statements.push(body);
      response.end(body.includes('system.databases') ? found : '');
    });
    await results.migrate();
    expect(statements.filter((statement) => statement.includes('CREATE DATABASE'))).toHaveLength(times);
  });

  it('goes to the path of a proxy', async () => {
    const paths: string[] = [];
    const server = await StubServer.start((request, response) => {
      paths.push(new URL(request.url ?? '', 'http://stub').pathname);
      response.end();
    });
    closing.push(() => server.close());
    await resultsAt({ url: `${server.url}/results/clickhouse` }).query('SELECT 1');
    expect(paths).toEqual(['/results/clickhouse']);
  });

  it.each(['a b', "x'; DROP TABLE y", '', 'ä'])('never has %j as the name of a database', (database) => {
    const engine = openClickHouse({ url: 'http://127.0.0.1:1' });
    expect(() => clickhouseResults({ engine, database })).toThrow(expect.objectContaining({ code: 'config' }));
  });
});

describeWithPrograms(['openssl'], 'TLS to ClickHouse', () => {
  it('trusts the authorities that it is given, and no others, and is not left out silently', async () => {
    const { folder, cert, key } = selfSigned();
    const [ca, secret] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
    rmSync(folder, { recursive: true });
    const server = await StubServer.start((_, response) => void response.end('{"one":1}\n'), { cert: ca, key: secret });
    closing.push(() => server.close());
    expect(await resultsAt({ url: server.url, ca }).query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(resultsAt({ url: server.url }).query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
    const plain = server.url.replace('https:', 'http:');
    expect(() => resultsAt({ url: plain, ca })).toThrow(expect.objectContaining({ where: 'clickhouse.url' }));
  });
});
