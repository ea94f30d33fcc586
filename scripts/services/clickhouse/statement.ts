import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { SqlException } from '../../../src/adapters/clickhouse/server/refusal.ts';
import { readBody, transport } from '../../../src/adapters/clickhouse/server/request.ts';

/** One statement as a client sent it. */
export interface Statement {
  readonly query: string;
  /** Rows of an INSERT, apart from its text; undefined where the body was the text. */
  readonly data: Buffer | undefined;
  readonly database: string;
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Values of `{name:Type}`, as text. */
  readonly parameters: ReadonlyMap<string, string>;
}

const mostBytes = 256 * 1024 * 1024;

/** The statement of a request. Throws `SqlException`. */
export async function readStatement(request: IncomingMessage, address: URLSearchParams): Promise<Statement> {
  if (['compress', 'decompress'].some((name) => (address.get(name) ?? '0') !== '0'))
    throw new SqlException(48, 'NOT_IMPLEMENTED', 'Native compression is not supported: use gzip or none.');
  const body = await readBody(request, mostBytes);
  // The way into chDB is a string of JavaScript's, which would change other bytes.
  if (!isUtf8(body)) throw new SqlException(48, 'NOT_IMPLEMENTED', 'Only text in UTF-8 can be inserted.');
  const asked = address.get('query') ?? '';
  const query = asked === '' ? body.toString('utf8') : asked;
  if (query.trim() === '') throw new SqlException(62, 'SYNTAX_ERROR', 'Empty query.');
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of address) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (!transport.has(name)) settings.set(name, value);
  }
  return {
    query,
    data: asked === '' || body.length === 0 ? undefined : body,
    database: header(request, 'x-clickhouse-database') ?? address.get('database') ?? 'default',
    format: address.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
    settings,
    parameters,
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
