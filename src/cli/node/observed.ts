import { systemClock } from '../../adapters/embedded/clock.ts';
import { memoryMetrics } from '../../adapters/embedded/metrics.ts';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { measureLag } from '../../runtime/lag.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { ProcessHealth } from './health.ts';
import type { PipelineNode } from './node.ts';
import { measureStores } from './stores.ts';

/** Lag is asked for again at every scrape, but for impatient ones; sizes of stores change slowly. */
const lagAgeMs = 1_000;
const storesAgeMs = 30_000;

/** What the world outside sees of a process: its metrics and its health, over HTTP where that is asked for. */
export interface Observed {
  /** For the node to count with. */
  readonly metrics: Metrics;
  /** The node's stages are at work. */
  started(node: PipelineNode): void;
  /** The process is stopping: it is not ready any more, and says so until the end. */
  drain(): void;
  close(): Promise<void>;
}

export interface ObservedOptions {
  readonly config: Config;
  readonly roles: readonly string[];
  readonly logger: Logger;
  readonly terminal: Terminal;
}

/** Serves health and metrics at the configured port, from before the node starts until after it has stopped. */
export async function observe(options: ObservedOptions): Promise<Observed> {
  if (options.config.http.port !== undefined) return observeOverHttp(options);
  return { metrics: memoryMetrics(), started: () => {}, drain: () => {}, close: async () => {} };
}

async function observeOverHttp({ config, roles, logger, terminal }: ObservedOptions): Promise<Observed> {
  // Neither is loaded by those who serve nothing.
  const { prometheusMetrics } = await import('../../adapters/prometheus/metrics.ts');
  const { Sampler } = await import('../../dashboard/server/sampler.ts');
  const { serve } = await import('../../dashboard/server/server.ts');
  const health = new ProcessHealth(roles);
  const metrics = prometheusMetrics();
  const sampler = new Sampler({ clock: systemClock, metrics, logger });
  const server = await serve(config.http, { metrics, sampler, health });
  terminal.line(`http: ${server.url} (/healthz, /readyz, /metrics)`);
  return {
    metrics,
    started: ({ deps, stages, folder, ledger }) => {
      metrics.set('cliptide_build_info', 1, { version: packageVersion(), node: deps.nodeId });
      health.started(stages.progress);
      const lag = () => measureLag(stages.progress, deps.log, metrics);
      const stores = () => measureStores({ data: config.data, folder, ledger, nodeId: deps.nodeId }, metrics);
      sampler.add({ figures: 'lag', maxAgeMs: lagAgeMs, measure: lag });
      sampler.add({ figures: 'stores', maxAgeMs: storesAgeMs, measure: stores });
    },
    drain: () => health.drain(),
    close: () => server.close(),
  };
}
