import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import { type SqlAnswer, toSqlException } from '../../../src/adapters/clickhouse/server/execute.ts';
import { contentTypeOf } from '../../../src/adapters/clickhouse/server/formats.ts';
import { quoted } from '../../../src/adapters/clickhouse/server/limits.ts';
import { SqlException } from '../../../src/adapters/clickhouse/server/refusal.ts';
import type { Statement } from './statement.ts';

const word = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Runs a statement of any kind, on a connection of its own as each request has to a server. */
export async function execute(connect: () => ClickHouseClient, statement: Statement): Promise<SqlAnswer> {
  const client = connect();
  try {
    await client.command({ query: `USE \`${statement.database.replaceAll('`', '\\`')}\`` });
    for (const [name, value] of statement.parameters) await set(client, `param_${name}`, value);
    for (const [name, value] of statement.settings) await set(client, name, value);
    return await run(client, statement);
  } catch (error) {
    throw toSqlException(error);
  } finally {
    await client.close();
  }
}

async function set(client: ClickHouseClient, name: string, value: string): Promise<void> {
  if (!word.test(name)) throw new SqlException(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
  await client.command({ query: `SET ${name} = ${quoted(value)}` });
}

async function run(client: ClickHouseClient, { query, data, format }: Statement): Promise<SqlAnswer> {
  const answer = await client.exec({
    query,
    // In one piece: chDB decodes each chunk for itself, and a character may lie across two.
    ...(data === undefined ? {} : { values: Readable.from([data], { objectMode: false }) }),
    clickhouse_settings: { default_format: format } as Record<string, string>,
  });
  const named = /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(query)?.[1] ?? format;
  return {
    body: await buffer(answer.stream),
    format: named,
    contentType: contentTypeOf(named),
    // chDB does not tell how many rows an INSERT wrote; nothing is better than its zeros.
    summary: data === undefined ? summaryOf(answer.summary) : {},
  };
}

function summaryOf(summary: object | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(summary ?? {}).map(([name, value]) => [name, String(value)]));
}
