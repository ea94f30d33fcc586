import { afterEach, expect, it } from 'vitest';
import { askServer } from '../../../src/adapters/clickhouse/askserver.ts';
import { openClickHouse } from '../../../src/adapters/clickhouse/http.ts';
import { type Answer, StubServer } from '../../support/stubserver.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function ask(answer: Answer, signal?: AbortSignal): Promise<string> {
  const server = await StubServer.start(answer);
  const engine = openClickHouse({ url: server.url });
  closing.push(
    () => engine.close(),
    () => server.close(),
  );
  const question = { query: 'SELECT 1 AS x', format: 'CSVWithNames', ...(signal === undefined ? {} : { signal }) };
  return (await askServer(engine, 'own', question)).toString('utf8');
}

const refuses = (code: number, type: string, message: string): Answer => {
  const text = `Code: ${code}. DB::Exception: ${message}. (${type}) (version 26.7.2.1)`;
  return (_, response) => void response.writeHead(500, { 'X-ClickHouse-Exception-Code': code }).end(text);
};

it('a statement goes to the server as it is, read-only, and its answer comes in the format that was asked for', async () => {
  const asked: unknown[] = [];
  const answer = await ask(({ url, headers }, response, body) => {
    const { searchParams } = new URL(url ?? '', 'http://server');
    asked.push(body, searchParams.get('readonly'), searchParams.get('database'), headers['x-clickhouse-format']);
    response.end('"x"\n1\n');
  });
  expect(answer).toBe('"x"\n1\n');
  expect(asked).toEqual(['SELECT 1 AS x', '1', 'own', 'CSVWithNames']);
});

it.each([
  [47, 'UNKNOWN_IDENTIFIER', 'Unknown expression identifier `x`', 'usage', /SHOW TABLES/],
  [164, 'READONLY', 'Cannot execute query in readonly mode', 'usage', /read-only/],
  [516, 'AUTHENTICATION_FAILED', 'Authentication failed', 'forbidden', /clickhouse.password/],
  [241, 'MEMORY_LIMIT_EXCEEDED', 'Memory limit exceeded', 'unavailable', undefined],
] as const)('exception %i %s says whose fault it is', async (code, type, message, expected, hint) => {
  const refused = ask(refuses(code, type, message));
  await expect(refused).rejects.toMatchObject({ code: expected, message: expect.stringContaining(message) });
  await expect(refused).rejects.toMatchObject(hint === undefined ? {} : { hint: expect.stringMatching(hint) });
});

it('ends when nobody waits for the answer any more', async () => {
  const abort = new AbortController();
  const asking = ask(() => abort.abort(new Error('interrupted')), abort.signal);
  await expect(asking).rejects.toThrow('interrupted');
});
