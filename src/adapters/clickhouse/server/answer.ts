import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SqlAnswer } from './execute.ts';
import type { SqlException } from './refusal.ts';
import { statusOf } from './status.ts';

const zip = promisify(gzip);

/** Headers of every answer; nothing of it is for a browser's page to keep or to guess at. */
const always = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-ClickHouse-Server-Display-Name': 'cliptide',
  'X-ClickHouse-Timezone': 'UTC',
};

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: URLSearchParams;
  readonly queryId: string;
}

/** The rows, gzipped where the client asked for it as it asks ClickHouse. */
export async function sendRows(exchange: Exchange, answer: SqlAnswer): Promise<void> {
  const { request, response, address } = exchange;
  const accepted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const zipped = accepted && address.get('enable_http_compression') === '1';
  const body = zipped ? await zip(answer.body) : answer.body;
  response.writeHead(200, {
    ...always,
    'Content-Type': answer.contentType,
    'Content-Length': body.length,
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    'X-ClickHouse-Format': answer.format,
    'X-ClickHouse-Query-Id': exchange.queryId,
    'X-ClickHouse-Summary': JSON.stringify(answer.summary),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** An exception as text, as ClickHouse's server writes it and its clients parse it. */
export function sendException(exchange: Exchange, error: SqlException, version: string): void {
  const status = statusOf(error.code);
  const text = `Code: ${error.code}. DB::Exception: ${error.message} (${error.type}) (version ${version})\n`;
  exchange.response.writeHead(status, {
    ...always,
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(error.code),
    'X-ClickHouse-Query-Id': exchange.queryId,
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="ClickHouse server HTTP API"' } : {}),
    // What was not read of a body that is too large is not waited for.
    ...(status === 413 ? { Connection: 'close' } : {}),
  });
  exchange.response.end(text);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...always, 'Content-Type': 'text/plain; charset=UTF-8' });
  response.end(text);
}
