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

export interface KafkaTopologyOptions {
  /** Takes what is to be done also when a test hangs until its time is over, and never comes to the topology's end. */
  readonly whenOver?: (end: () => void) => void;
  /** A group waits so long for a member that was killed, in milliseconds; three seconds unless given, not ten. */
  readonly sessionMs?: number;
}

export async function kafkaTopology(
  addressOf: AddressOf,
  partitions: number,
  { whenOver = onTestFinished, sessionMs = 3_000 }: KafkaTopologyOptions = {},
): Promise<KafkaTopology> {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const [brokers, registry] = [addressOf('kafka').split(','), addressOf('registry')];
  const place: Place = { brokers, registry, prefix, partitions, sessionMs };
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
