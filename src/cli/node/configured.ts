import type { Config } from '../../config/config.ts';
import { roleNames } from '../../config/keys.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Terminal } from '../terminal.ts';
import { startClusterNode } from './clusternode.ts';
import { openControl } from './control.ts';
import { type PipelineNode, startNode } from './node.ts';
import { openSqlServer } from './sqlserver.ts';

export interface ConfiguredOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly terminal: Terminal;
}

/** Starts what the configuration says: a process of a cluster, or everything in this one with its SQL server. */
export async function startConfigured({ config, logger, metrics, terminal }: ConfiguredOptions): Promise<PipelineNode> {
  const options = { config, folder: config.data.dir, logger, metrics, waitsForSpace: true };
  if (config.cluster !== undefined) return startClusterNode(options, config.cluster);
  if (config.roles.length < roleNames.length) {
    throw new CliptideError('usage', 'roles are shared out in a cluster only; embedded, one process has them all', {
      hint: 'set kafka.brokers, or leave roles away',
    });
  }
  const node = await startNode(options);
  await openSqlServer(node, config, terminal);
  await openControl(node, config);
  return node;
}
