import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClickHouseClient } from '@clickhouse/client';
import { CliptideError } from '../../../domain/errors.ts';
import { checkToken, isOwnHost } from './access.ts';
import { type Exchange, sendException, sendRows, sendText } from './answer.ts';
import { executeSql, type SqlAnswer } from './execute.ts';
import { queryQueue } from './queue.ts';
import { SqlException } from './refusal.ts';
import { readRequest } from './request.ts';

export interface SqlServerOptions {
  /** Gives a client with a connection of its own to the engine. */
  readonly connect: () => ClickHouseClient;
  /** What clients send as password; the user's name does not matter. */
  readonly token: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Reads and runs the statement of a request; unless given, only what reads results, through the gate. */
  readonly answer?: AnswerRequest;
}

/** The answer to one request, whose sender is known; the signal says that nobody waits. Rejects with `SqlException`. */
export type AnswerRequest = (
  request: IncomingMessage,
  address: URLSearchParams,
  signal: AbortSignal,
) => Promise<SqlAnswer>;

export interface SqlServer {
  readonly port: number;
  /** Takes no more requests, and resolves when the ones under way are answered; a query that lasts is ended. */
  close(): Promise<void>;
}

const runningQueries = 2;
const waitingQueries = 64;
/** How long a stop waits for queries that run, in milliseconds, before it ends them. */
const patienceMs = 1_000;

/**
 * ClickHouse's own HTTP interface, read-only unless `answer` is given, over the engine in process. Rejects with `config` when the port is taken.
 */
export async function startSqlServer(options: SqlServerOptions): Promise<SqlServer> {
  const host = options.host ?? '127.0.0.1';
  const version = await engineVersion(options.connect);
  const answerRequest = options.answer ?? answerReader(options.connect);
  const stopping = new AbortController();
  const answer = async (exchange: Exchange): Promise<void> => {
    try {
      checkToken(exchange.request, exchange.address, options.token);
      const signal = AbortSignal.any([stopping.signal, goneAway(exchange)]);
      await sendRows(exchange, await answerRequest(exchange.request, exchange.address, signal));
    } catch (error) {
      sendException(exchange, asException(error), version);
    }
  };
  const underWay = new Set<Promise<void>>();
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    const exchange = accept(request, response, host);
    if (exchange === undefined) return;
    const work = answer(exchange).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  await listen(server, options.port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const patience = setTimeout(() => stopping.abort(), patienceMs);
      await Promise.all(underWay);
      clearTimeout(patience);
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerReader(connect: () => ClickHouseClient): AnswerRequest {
  const inTurn = queryQueue(runningQueries, waitingQueries);
  return async (request, address, signal) => {
    const statement = await readRequest(request, address);
    return inTurn(() => executeSql(connect, { ...statement, signal }));
  };
}

/** Aborted when the client hangs up before it has its answer. */
function goneAway({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** Answers what is no query; gives the exchange of what is one. */
function accept(request: IncomingMessage, response: ServerResponse, host: string): Exchange | undefined {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (!isOwnHost(request, host)) sendText(response, 403, 'The Host header does not name this server.\n');
  else if (url === null || !['GET', 'HEAD', 'POST'].includes(request.method ?? '')) {
    sendText(response, 501, 'Only GET, HEAD and POST are supported.\n');
  } else if (url.pathname === '/ping') sendText(response, 200, 'Ok.\n');
  else if (url.pathname !== '/') sendText(response, 404, `There is no handle ${url.pathname}\n\nUse / or /ping.\n`);
  else if (request.method !== 'POST' && !url.searchParams.has('query')) sendText(response, 200, 'Ok.\n');
  else return { request, response, address: url.searchParams, queryId: queryId(url.searchParams) };
  request.resume();
  return undefined;
}

function queryId(address: URLSearchParams): string {
  const given = address.get('query_id') ?? '';
  return /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function asException(error: unknown): SqlException {
  return error instanceof SqlException ? error : new SqlException(1001, 'STD_EXCEPTION', String(error));
}

async function engineVersion(connect: () => ClickHouseClient): Promise<string> {
  const client = connect();
  try {
    const answer = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
    const rows = await answer.json<{ version: string }>();
    return rows[0]?.version ?? '';
  } finally {
    await client.close();
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'Give another one (--sql-port), or 0 for any free one';
      reject(
        new CliptideError('config', `the SQL port ${port} cannot be taken`, { where: `${host}:${port}`, hint, cause }),
      );
    });
    server.listen(port, host, resolve);
  });
}
