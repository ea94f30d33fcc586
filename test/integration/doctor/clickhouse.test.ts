import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkClickHouse } from '../../../src/cli/checks/clickhouse.ts';
import { Secret } from '../../../src/config/secret.ts';
import { type ServerResults, serverResults } from '../../support/serverresults.ts';
import { describeWithServices } from '../../support/services.ts';
import { StubServer } from '../../support/stubserver.ts';

const states = (findings: Awaited<ReturnType<typeof checkClickHouse>>) => {
  for (const { status, todo } of findings) expect(todo === undefined).toBe(status === 'ok');
  return findings.map(({ name, status }) => `${name}: ${status}`);
};

describeWithServices(['clickhouse'], 'doctor on ClickHouse', (addressOf) => {
  let store: ServerResults;
  const check = (database: string) => {
    const { origin, username, password } = new URL(addressOf('clickhouse'));
    return checkClickHouse({
      url: origin,
      database,
      ca: undefined,
      login: { username, password: new Secret(password) },
    });
  };
  beforeAll(async () => {
    store = await serverResults(addressOf('clickhouse'));
  });
  afterAll(() => store.close());

  it('finds all well, and leaves nothing behind', async () => {
    const tables = () =>
      store.results.query('SELECT name, total_rows FROM system.tables WHERE database = {own:String} ORDER BY name', {
        own: store.database,
      });
    const before = await tables();
    const findings = await check(store.database);
    expect(states(findings)).toEqual([
      'clickhouse: ok',
      'clickhouse database: ok',
      'clickhouse tables: ok',
      'clickhouse insert: ok',
      'clickhouse select: ok',
    ]);
    expect(findings[0]?.found).toMatch(/^\d+\.\d+.*, 127\.0\.0\.1:\d+, as \w+$/);
    expect(await tables()).toEqual(before);
  });

  it('makes no database to find out, and says how it is made', async () => {
    const database = `${store.database}_absent`;
    const [, finding] = await check(database);
    expect(finding).toMatchObject({ status: 'warn', todo: expect.stringContaining('topology apply') });
    const found = await store.results.query('SELECT name FROM system.databases WHERE name = {database:String}', {
      database,
    });
    expect(found).toEqual([]);
  });
});

describe('doctor on a ClickHouse that refuses', () => {
  const denied = 'Code: 497. DB::Exception: It is not allowed. (ACCESS_DENIED) (version 26.7.2.1)\n';
  const check = async (answers: (statement: string) => string | undefined) => {
    const server = await StubServer.start((_, response, body) => {
      const answer = answers(body);
      response.writeHead(answer === undefined ? 403 : 200).end(answer ?? denied);
    });
    const findings = await checkClickHouse({ url: server.url, database: 'own', ca: undefined, login: undefined });
    await server.close();
    return findings;
  };
  const facts = (statement: string): string | undefined => {
    if (statement.includes('version()')) return '{"version":"26.7","user":"reader"}\n';
    if (statement.includes('system.databases')) return '{"name":"own"}\n';
    return undefined;
  };

  it('warns of tables that cannot be made, and fails for rows that cannot be written or read', async () => {
    const findings = await check(facts);
    expect(states(findings).slice(2)).toEqual([
      'clickhouse tables: warn',
      'clickhouse insert: fail',
      'clickhouse select: fail',
    ]);
    expect(findings.at(-1)).toMatchObject({ todo: 'GRANT SELECT ON own.* to this user' });
  });

  it('fails for a database that is missing and may not be made', async () => {
    const findings = await check((statement) => {
      if (statement.includes('system.databases')) return '';
      return statement.includes('CHECK GRANT') ? '0\n' : facts(statement);
    });
    expect(states(findings)).toEqual(['clickhouse: ok', 'clickhouse database: fail']);
  });

  it('says what is wrong where nobody may sign in, or nobody listens', async () => {
    expect(await check(() => undefined)).toMatchObject([{ name: 'clickhouse', status: 'fail' }]);
    const nowhere = { url: 'http://127.0.0.1:1', database: 'own', ca: undefined, login: undefined };
    expect(await checkClickHouse(nowhere)).toMatchObject([{ status: 'fail', found: expect.stringContaining('away') }]);
  });
});
