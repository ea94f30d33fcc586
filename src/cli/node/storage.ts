import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { defaultPartitions, type TopicName, topics } from '../../../topology/topics.ts';
import { createCodec, registerSchemas } from '../../adapters/avro/codec.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import { systemClock } from '../../adapters/embedded/clock.ts';
import { EmbeddedEventLog } from '../../adapters/embedded/eventlog.ts';
import { memoryMetrics } from '../../adapters/embedded/metrics.ts';
import { createRegistry } from '../../adapters/embedded/registry.ts';
import { memoryStateStore } from '../../adapters/embedded/statestore.ts';
import { openStore } from '../../adapters/embedded/store.ts';
import type { TopicDeclaration } from '../../ports/eventlog.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';

import { sweepLog } from './upkeep.ts';

export interface StorageOptions {
  /** The data folder; undefined keeps everything in memory, for work that leaves nothing behind. */
  readonly folder: string | undefined;
  readonly partitions?: number;
  readonly retentionHours?: Readonly<Record<string, number>>;
  /** The oldest records go when the log is larger; no bound unless given. */
  readonly maxBytes?: number;
  readonly logger: Logger;
  /** In memory unless given. */
  readonly metrics?: Metrics | undefined;
  readonly run?: string;
}

/** The event log with its schemas and what every stage needs beside it. The first to open a data folder owns it. */
export async function openStorage(options: StorageOptions, lifecycle: Lifecycle): Promise<StatefulDependencies> {
  const { folder, logger, maxBytes } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const store = openStore(folder === undefined ? ':memory:' : join(folder, 'log.db'));
  await lifecycle.start('event log file', () => ({ value: store, stop: async () => store.close() }));
  const log = new EmbeddedEventLog({ store, clock: systemClock, ...(maxBytes === undefined ? {} : { maxBytes }) });
  await lifecycle.start('event log', () => ({ value: log, stop: () => log.close() }));
  await log.declare(declarations(options.partitions ?? defaultPartitions, options.retentionHours ?? {}));
  if (folder !== undefined) await lifecycle.start('retention', () => sweepLog(log, systemClock, logger));
  const registry = createRegistry(store);
  const schemas = loadSchemas();
  await registerSchemas(registry, schemas);
  return {
    log,
    codec: await createCodec({ registry, schemas }),
    clock: systemClock,
    logger,
    metrics: options.metrics ?? memoryMetrics(),
    nodeId: hostname(),
    run: options.run ?? 'live',
    createStore: memoryStateStore,
  };
}

/** The topology's topics as the log declares them. */
export function declarations(partitions: number, hours: Readonly<Record<string, number>>): TopicDeclaration[] {
  return Object.entries(topics).map(([name, spec]) => {
    const retentionHours = hours[name as TopicName] ?? spec.retentionHours;
    const base = { name, partitions, cleanup: spec.cleanup };
    return retentionHours === undefined ? base : { ...base, retentionMs: retentionHours * 3_600_000 };
  });
}
