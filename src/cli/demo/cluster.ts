import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { removeUnder } from '../../adapters/kafka/removal.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import { Secret } from '../../config/secret.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Results } from '../../ports/results.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { kafkaConnection } from '../node/cluster.ts';
import { startClusterNode } from '../node/clusternode.ts';
import { nothingGiven } from '../node/given.ts';
import type { NodeOptions, PipelineNode } from '../node/node.ts';
import { dropDatabase, openClusterResults } from '../node/results.ts';
import { applyTopology } from '../topology/apply.ts';
import { openServices } from '../topology/services.ts';
import { wantedOf } from '../topology/wanted.ts';
import { startRoles } from './processes.ts';
import { demoCluster, variablesOf } from './services.ts';

/** The roles of the two processes beside this one, which takes the broadcast in. */
const shares = [
  ['score', 'conduct', 'notify'],
  ['refine', 'render', 'record'],
] as const;

/** What the demo plays a broadcast into. */
export interface DemoPipeline {
  readonly node: PipelineNode;
  readonly results: Results;
  /** Rejects when a stage or a process ends early. */
  readonly ended: Promise<never>;
  /** Names of what stays in the services where it is kept; none without services. */
  readonly names: Readonly<Record<string, string>>;
  /** Stops the processes; takes away what the demo made in the services unless it is kept. */
  stop(keep: boolean): Promise<void>;
}

/** The demo's pipeline on Kafka, over several processes; topics, database and keys are its own. */
export async function startDemoCluster(options: NodeOptions): Promise<DemoPipeline> {
  const { config, folder, logger, given = nothingGiven } = options;
  if (config.clips.s3 !== undefined) {
    throw new CliptideError('config', 'a demo over a cluster has its clips in a folder of its own', {
      where: 's3.bucket',
      hint: 'take s3.bucket out of the configuration for it',
    });
  }
  const cluster = demoCluster(config);
  const lifecycle = new Lifecycle(logger);
  const stop = async (): Promise<void> => lifecycle.stop(3 * config.shutdownDeadlineMs);
  try {
    const results = await openClusterResults(cluster, lifecycle);
    await prepare(cluster, config, logger);
    const key = config.userKey ?? new Secret(randomBytes(32).toString('hex'));
    const own = { ...config, cluster, node: 'demo-1', roles: ['ingest'] as const, userKey: key };
    const shared = { ...own, clips: { dir: join(folder, 'clips'), s3: undefined } };
    const node = await startClusterNode({ ...options, config: shared, folder: join(folder, 'demo-1') }, cluster);
    await lifecycle.start('demo-1', () => ({ value: node, stop: () => node.stop() }));
    const env = {
      ...variablesOf(cluster),
      CLIPTIDE_CLIPS_DIR: join(folder, 'clips'),
      CLIPTIDE_FETCH_ALLOW: [...config.fetch.allow, ...given.urls.map(({ host }) => host)].join(','),
    };
    const processes = await Promise.all(
      shares.map(async (roles, index) => {
        const name = `demo-${index + 2}`;
        const value = await startRoles({ roles, node: name, dataDir: join(folder, name), env });
        return lifecycle.start(name, () => ({ value, stop: () => value.stop() }));
      }),
    );
    const ended = Promise.race(processes.map((process) => process.ended));
    return {
      node,
      results,
      ended,
      names: { prefix: cluster.kafka.prefix, database: cluster.clickhouse?.database ?? '' },
      stop: async (keep) => {
        await stop();
        if (!keep) await remove(cluster, logger);
      },
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Makes the topics, schemas and tables. */
async function prepare(cluster: ClusterConfig, config: Config, logger: Logger): Promise<void> {
  const lifecycle = new Lifecycle(logger);
  try {
    const services = await openServices(cluster, logger, lifecycle);
    const wanted = await wantedOf(config.topology, services.results !== undefined);
    await applyTopology(wanted, services, () => undefined);
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

async function remove(cluster: ClusterConfig, logger: Logger): Promise<void> {
  await removeUnder(cluster.kafka.prefix, kafkaConnection(cluster, 'cliptide-demo'), logger);
  await dropDatabase(cluster);
}
