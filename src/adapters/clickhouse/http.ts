import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';
import type { ClickHouseEngine } from './engine.ts';

/** How to reach a server; the password stays in here and is never printed. */
export interface ClickHouseServer {
  /** Such as `https://clickhouse:8443`; a path is that of a proxy. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Authorities as PEM, where not the system's. */
  readonly ca?: string;
  /** Without a byte of an answer for so long the server counts as away, in milliseconds; half a minute unless given. */
  readonly timeoutMs?: number;
}

/** A server's answer comes when all is done, or what went wrong instead of it; inserted rows are in the table by then. */
const settings = { wait_end_of_query: 1, async_insert: 0, cancel_http_readonly_queries_on_client_close: 1 } as const;

/** A ClickHouse server, over HTTP. Throws `config` for authorities that nothing is checked against. */
export function openClickHouse(server: ClickHouseServer): ClickHouseEngine {
  const { origin, pathname } = new URL(server.url);
  const tls = tlsOf(server);
  const clients = new Set<ClickHouseClient>();
  return {
    connect: (database) => {
      const client = createClient({
        url: origin,
        ...(pathname === '/' ? {} : { pathname }),
        ...(server.username === undefined ? {} : { username: server.username }),
        ...(server.password === undefined ? {} : { password: server.password }),
        ...(database === undefined ? {} : { database }),
        ...tls,
        application: 'cliptide',
        request_timeout: server.timeoutMs ?? 30_000,
        // A busy event loop may look at an idle connection after the server has closed it.
        keep_alive: { eagerly_destroy_stale_sockets: true },
        clickhouse_settings: settings,
        log: { level: ClickHouseLogLevel.OFF },
      });
      clients.add(client);
      return client;
    },
    close: async () => {
      await Promise.all([...clients].map((client) => client.close()));
      clients.clear();
    },
  };
}

function tlsOf({ url, ca }: ClickHouseServer): { readonly tls?: { readonly ca_cert: Buffer } } {
  if (ca === undefined) return {};
  if (new URL(url).protocol === 'https:') return { tls: { ca_cert: Buffer.from(ca) } };
  throw new CliptideError('config', 'clickhouse.ca is given, but clickhouse.url is not reached over TLS', {
    where: 'clickhouse.url',
    hint: 'begin it with https:',
  });
}
