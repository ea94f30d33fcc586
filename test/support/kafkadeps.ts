import { randomUUID } from 'node:crypto';
import { createCodec, registerSchemas } from '../../src/adapters/avro/codec.ts';
import { confluentRegistry } from '../../src/adapters/avro/confluent.ts';
import { loadSchemas } from '../../src/adapters/avro/schemas.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { memoryMetrics } from '../../src/adapters/embedded/metrics.ts';
import { memoryStateStore } from '../../src/adapters/embedded/statestore.ts';
import { KafkaEventLog } from '../../src/adapters/kafka/eventlog.ts';
import { removeUnder } from '../../src/adapters/kafka/removal.ts';
import { declarations } from '../../src/cli/node/storage.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { quiet } from './mediacaches.ts';
import type { AddressOf } from './services.ts';

/** The production topology's topics and schemas in real services, under a prefix of their own. */
export interface KafkaTopology {
  readonly prefix: string;
  /** What a process of this node has; closed with the topology. */
  join(nodeId: string): Promise<StatefulDependencies>;
  close(): Promise<void>;
}

export async function kafkaTopology(addressOf: AddressOf, partitions: number): Promise<KafkaTopology> {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const connection = { brokers: addressOf('kafka').split(','), clientId: 'cliptide-test' };
  const registry = confluentRegistry({ url: addressOf('registry'), prefix });
  const schemas = loadSchemas();
  await registerSchemas(registry, schemas);
  const opened: KafkaEventLog[] = [];
  const open = async (nodeId: string): Promise<KafkaEventLog> => {
    const log = await KafkaEventLog.open({ connection, prefix, nodeId, mayCreateTopics: true, logger: quiet });
    opened.push(log);
    await log.declare(declarations(partitions, {}));
    return log;
  };
  await open('maker');
  return {
    prefix,
    join: async (nodeId) => ({
      log: await open(nodeId),
      codec: await createCodec({ registry, schemas }),
      clock: systemClock,
      logger: quiet,
      metrics: memoryMetrics(),
      nodeId,
      run: 'live',
      createStore: memoryStateStore,
    }),
    close: async () => {
      await Promise.all(opened.map((log) => log.close()));
      await removeUnder(prefix, connection, quiet);
    },
  };
}
