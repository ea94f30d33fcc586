import { createCodec } from '../../../src/adapters/avro/codec.ts';
import { confluentRegistry } from '../../../src/adapters/avro/confluent.ts';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { memoryStateStore } from '../../../src/adapters/embedded/statestore.ts';
import { KafkaEventLog } from '../../../src/adapters/kafka/eventlog.ts';
import { declarations } from '../../../src/cli/node/storage.ts';
import { patiently } from '../../../src/runtime/retry.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { quiet } from '../mediacaches.ts';

/** The production topology in real services, under a prefix. */
export interface Place {
  readonly brokers: readonly string[];
  readonly registry: string;
  readonly prefix: string;
  readonly partitions: number;
  /** A group waits so long for a member that says nothing, in milliseconds. */
  readonly sessionMs: number;
}

/** What a process of a node has in a cluster; to be closed by its log. */
export async function joinCluster(
  place: Place,
  nodeId: string,
  mayCreateTopics = false,
): Promise<StatefulDependencies> {
  const { brokers, prefix, partitions, sessionMs } = place;
  const connection = { brokers, clientId: `cliptide-test-${nodeId}` };
  const log = await KafkaEventLog.open({ connection, prefix, nodeId, mayCreateTopics, sessionMs, logger: quiet });
  await log.declare(declarations(partitions, {}));
  return {
    log,
    codec: await whileBusy(() =>
      createCodec({ registry: confluentRegistry({ url: place.registry, prefix }), schemas: loadSchemas() }),
    ),
    clock: systemClock,
    logger: quiet,
    metrics: memoryMetrics(),
    nodeId,
    run: 'live',
    createStore: memoryStateStore,
  };
}

/** On a busy machine the registry does not answer in time; who starts Cliptide starts it again. */
export const whileBusy = <R>(step: () => Promise<R>): Promise<R> =>
  patiently(step, AbortSignal.timeout(60_000), () => undefined);
