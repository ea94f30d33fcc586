import type { FastifyInstance } from 'fastify';
import type { Health } from '../../ports/health.ts';
import type { Exposition, Metrics } from '../../ports/metrics.ts';
import type { Sampler } from './sampler.ts';

/** A scrape waits so long for figures of a store that is away, in milliseconds, and then goes without. */
const waitMs = 1_000;

export interface MetricsParts {
  readonly metrics: Metrics & Exposition;
  readonly sampler: Sampler;
  readonly health: Health;
}

/** `/metrics` in Prometheus' text format. */
export function addMetrics(app: FastifyInstance, { metrics, sampler, health }: MetricsParts): void {
  app.get('/metrics', async (_request, reply) => {
    await sampler.refresh(waitMs);
    for (const [role, { state }] of health.roles()) {
      metrics.set('cliptide_role_ready', state === 'ready' ? 1 : 0, { role });
    }
    reply.type(metrics.contentType);
    return metrics.text();
  });
}
