import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { SqlRequest } from './execute.ts';
import { accessDenied, readonlyMode, SqlException } from './refusal.ts';

const mostBytes = 1024 * 1024;
const unzip = promisify(gunzip);

/** Parameters of ClickHouse's HTTP interface that are no settings of the query, or say only how it is transported. */
export const transport: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'user',
  'password',
  'database',
  'default_format',
  'quota_key',
  'client_protocol_version',
  'buffer_size',
  'wait_end_of_query',
  'cancel_http_readonly_queries_on_client_close',
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_response_buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'add_http_cors_header',
  'decompress',
  'compress',
]);

/** The statement of a request, from its address and body. Throws `SqlException`. */
export async function readRequest(request: IncomingMessage, address: URLSearchParams): Promise<SqlRequest> {
  const body = (await readBody(request, mostBytes)).toString('utf8');
  const query = [address.get('query') ?? '', body].filter((part) => part !== '').join('\n');
  if (query.trim() === '') throw new SqlException(62, 'SYNTAX_ERROR', 'Empty query.');
  if (query.includes('\0')) throw new SqlException(62, 'SYNTAX_ERROR', 'The query holds a NUL byte.');
  checkTransport(request, address);
  const header = request.headers['x-clickhouse-format'];
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of address) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (name === 'readonly') checkReadonly(value);
    else if (!transport.has(name)) settings.set(name, value);
  }
  const format = address.get('default_format') ?? (typeof header === 'string' ? header : 'TabSeparated');
  return { query, format, settings, parameters };
}

function checkTransport(request: IncomingMessage, address: URLSearchParams): void {
  const database = request.headers['x-clickhouse-database'] ?? address.get('database') ?? 'cliptide';
  // `default` is what clients send who were told nothing.
  if (database !== 'cliptide' && database !== 'default') throw accessDenied('The only database is cliptide');
  if (['compress', 'decompress'].some((name) => (address.get(name) ?? '0') !== '0')) {
    throw new SqlException(48, 'NOT_IMPLEMENTED', 'Native compression is not supported: use gzip or none.');
  }
  if (/^multipart\//i.test(request.headers['content-type'] ?? '')) {
    throw new SqlException(
      48,
      'NOT_IMPLEMENTED',
      'Multipart bodies are not supported: put parameters into the address.',
    );
  }
}

function checkReadonly(value: string): void {
  if (value !== '1' && value !== '2') throw readonlyMode("Cannot modify 'readonly' setting");
}

/** The body, unzipped where it is gzipped. Throws `SqlException` where it holds more than `most` bytes. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > most) throw tooLarge(most);
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new SqlException(48, 'NOT_IMPLEMENTED', 'Of encodings only gzip is supported.');
  return unzip(body, { maxOutputLength: most }).catch(() => Promise.reject(tooLarge(most)));
}

const tooLarge = (most: number) =>
  new SqlException(635, 'QUERY_IS_TOO_LARGE', `The request is larger than ${most} bytes.`);
