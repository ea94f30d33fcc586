import { buffer } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import { engineCode } from '../failures.ts';
import { checkSettingsClauses } from './clauses.ts';
import { contentTypeOf } from './formats.ts';
import { checkStatement } from './gate.ts';
import { quoted, settingsStatement } from './limits.ts';
import { SqlException } from './refusal.ts';

export interface SqlRequest {
  readonly query: string;
  /** Used where the query names none. */
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Values of `{name:Type}`, as text in the form that ClickHouse's HTTP interface takes. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface SqlAnswer {
  readonly body: Buffer;
  readonly format: string;
  readonly contentType: string;
  /** ClickHouse's summary: counts as strings. */
  readonly summary: Readonly<Record<string, string>>;
}

/**
 * Checks and runs one statement for a reader, on a connection of its own (chDB keeps settings by connection). Nothing
 * of the text is run as it came: the engine parses and renders it first, which also refuses more than one statement,
 * then explains the rendering, and what was checked is what runs. Rejects with `SqlException`.
 */
export async function executeSql(connect: () => ClickHouseClient, request: SqlRequest): Promise<SqlAnswer> {
  const settings = settingsStatement(request.settings);
  contentTypeOf(request.format);
  const client = connect();
  try {
    await client.command({ query: 'USE cliptide' });
    await setParameters(client, request.parameters);
    await client.command({ query: settings });
    const canonical = await render(client, request.query);
    // Before the engine sees them: it applies them to EXPLAIN, too.
    const settingsClauses = checkSettingsClauses(canonical);
    const tree = await ask(client, `EXPLAIN AST ${canonical}`, 'TSVRaw');
    const ast = tree.body.toString('utf8');
    const format = checkStatement({ canonical, ast, settingsClauses }) ?? request.format;
    const answer = await ask(client, canonical, format);
    return { ...answer, format, contentType: contentTypeOf(format) };
  } catch (error) {
    throw toSqlException(error);
  } finally {
    await client.close();
  }
}

async function render(client: ClickHouseClient, query: string): Promise<string> {
  const answer = await ask(client, `SELECT formatQuerySingleLine(${quoted(query)})`, 'RawBLOB');
  return answer.body.toString('utf8');
}

/** By SET on the connection: the values stay as they came, and what they replace shows in the tree. */
async function setParameters(client: ClickHouseClient, parameters: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, value] of parameters) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) {
      throw new SqlException(36, 'BAD_ARGUMENTS', 'The name of a parameter has to be a word.');
    }
    await client.command({ query: `SET param_${name} = ${quoted(value)}` });
  }
}

async function ask(
  client: ClickHouseClient,
  query: string,
  format: string,
): Promise<Pick<SqlAnswer, 'body' | 'summary'>> {
  const answer = await client.exec({
    query,
    clickhouse_settings: { default_format: format } as Record<string, string>,
  });
  const summary = Object.entries(answer.summary ?? {}).map(([name, value]) => [name, String(value)]);
  return { body: await buffer(answer.stream), summary: Object.fromEntries(summary) };
}

/** Any failure of the engine in its own terms: code, name of the code, message. */
export function toSqlException(error: unknown): SqlException {
  if (error instanceof SqlException) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = Number(engineCode(error) ?? 1001);
  const type = (error as { type?: unknown } | null)?.type;
  // The engine names the statement that it was given: ours around the reader's.
  const own = message
    .replace(/:? In scope SELECT formatQuerySingleLine\(.*$/s, '.')
    .replace(/^Code: \d+\. DB::Exception: /, '');
  return new SqlException(code, typeof type === 'string' ? type : 'STD_EXCEPTION', own.trim());
}
