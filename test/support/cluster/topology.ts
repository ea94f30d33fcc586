import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { registerSchemas } from '../../../src/adapters/avro/codec.ts';
import { confluentRegistry } from '../../../src/adapters/avro/confluent.ts';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { removeUnder } from '../../../src/adapters/kafka/removal.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { quiet } from '../mediacaches.ts';
import type { AddressOf } from '../services.ts';
import { ClusterChild } from './child.ts';
import { joinCluster, type Place, whileBusy } from './join.ts';
import type { Part } from './part.ts';

/** The production topology's topics and schemas in real services, under a prefix of their own. */
export interface KafkaTopology extends AsyncDisposable {
  readonly place: Place;
  /** What a process of this node has; closed with the topology. */
  join(nodeId: string): Promise<StatefulDependencies>;
  /** Starts a process of its own that plays a part; it is killed with the topology where it still runs. */
  start(node: string, part: Part): ClusterChild;
}

/** `whenOver` takes what is to be done also when a test hangs until its time is over, and never comes to the topology's end. */
export async function kafkaTopology(
  addressOf: AddressOf,
  partitions: number,
  whenOver: (end: () => void) => void = onTestFinished,
): Promise<KafkaTopology> {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const place: Place = { brokers: addressOf('kafka').split(','), registry: addressOf('registry'), prefix, partitions };
  await whileBusy(() => registerSchemas(confluentRegistry({ url: place.registry, prefix }), loadSchemas()));
  const opened: StatefulDependencies[] = [];
  const children: ClusterChild[] = [];
  const join = async (node: string, mayCreateTopics = false): Promise<StatefulDependencies> => {
    const deps = await joinCluster(place, node, mayCreateTopics);
    opened.push(deps);
    return deps;
  };
  await join('maker', true);
  return {
    place,
    join: (nodeId) => join(nodeId),
    start: (node, part) => {
      const child = new ClusterChild({ place, node, part });
      children.push(child);
      whenOver(() => void child.end('SIGKILL'));
      return child;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map((child) => child.end('SIGKILL')));
      await Promise.all(opened.map(({ log }) => log.close()));
      await removeUnder(prefix, { brokers: place.brokers, clientId: 'cliptide-test' }, quiet);
    },
  };
}
