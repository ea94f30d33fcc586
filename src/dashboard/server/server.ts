import { type FastifyInstance, fastify } from 'fastify';
import type { HttpConfig } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import { addHealth } from './health.ts';
import { addMetrics, type MetricsParts } from './metrics.ts';

/** A whole request has to be there within so many milliseconds: a slow one must not hold a connection. */
const requestMs = 10_000;

/** The server at work. */
export interface HttpServer {
  /** Where it is, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The routes, without a port. */
export function createServer(parts: MetricsParts): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, requestTimeout: requestMs, bodyLimit: 16_384 });
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  app.setNotFoundHandler(async (request, reply) => {
    reply.code(404).type('application/problem+json');
    return {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: `nothing is at ${request.method} ${request.url}`,
    };
  });
  addHealth(app, parts.health);
  addMetrics(app, parts);
  return app;
}

/** Serves health and metrics until it is closed. Rejects with `config` where the address cannot be had. */
export async function serve({ host, port }: HttpConfig, parts: MetricsParts): Promise<HttpServer> {
  const app = createServer(parts);
  try {
    await app.listen({ host, port: port ?? 0 });
  } catch (cause) {
    await app.close();
    const hint = 'choose another http.port (0 takes any free one) or http.host';
    throw new CliptideError('config', `the port cannot be opened: ${(cause as Error).message}`, {
      where: `http.port ${port}, http.host ${host}`,
      hint,
      cause,
    });
  }
  const [address] = app.addresses();
  const opened = typeof address === 'object' ? address.port : port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${opened}`, close: () => app.close() };
}
