import type { LiveEvent } from '../../../../src/domain/records.gen.ts';
import type { Running } from '../../../../src/runtime/dependencies.ts';
import { type StatefulDependencies, startStateful } from '../../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../../src/stages/score/stage.ts';
import { type KafkaTopology, kafkaTopology } from '../../../support/cluster/topology.ts';
import { knownAddresses } from '../../../support/services/found.ts';
import type { Row } from '../../figure.ts';

export const live = 'live.analytics';
const batch = 2_000;

export interface Cluster {
  readonly topology: KafkaTopology;
  /** What a process of a node has, to write with and to look. */
  readonly deps: StatefulDependencies;
  readonly brokers: string[];
  /** Address of the ClickHouse server, with user and password; undefined where none is up. */
  readonly clickhouse: string | undefined;
}

/** Measures on the services that `npm run services up` started, over topics of their own; says so where there are none. */
export async function onServices(
  what: string,
  partitions: number,
  measure: (cluster: Cluster) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const addresses = await knownAddresses();
  const { kafka, registry, clickhouse } = addresses;
  if (kafka === undefined || registry === undefined) {
    return [{ what, value: 'not measured', baseline: 'no Kafka and registry (npm run services up)' }];
  }
  const whenOver = (end: () => void): void => void process.once('exit', end);
  await using topology = await kafkaTopology((service) => addresses[service] ?? '', partitions, { whenOver });
  const deps = await topology.join('bench');
  return await measure({ topology, deps, brokers: kafka.split(','), clickhouse });
}

/** Appends events in large batches; gives their number. */
export async function produce({ log, codec }: StatefulDependencies, events: Iterable<LiveEvent>): Promise<number> {
  let waiting: { topic: string; key: string; value: Uint8Array }[] = [];
  let count = 0;
  const send = async (): Promise<void> => {
    await log.append(waiting);
    count += waiting.length;
    waiting = [];
  };
  for (const event of events) {
    waiting.push({ topic: live, key: event.channelId, value: codec.encode(live, event) });
    if (waiting.length === batch) await send();
  }
  await send();
  return count;
}

/** The same chat for so many streams, in the order of time, as a partition with many channels would hold it. */
export function* inStreams(chat: Iterable<LiveEvent>, streams: number, name = 'stream'): Generator<LiveEvent> {
  for (const event of chat) {
    for (let stream = 0; stream < streams; stream++) {
      yield { ...event, streamId: `${name}-${stream}`, channelId: `channel-of-${name}-${stream}` };
    }
  }
}

export const startScoring = (deps: StatefulDependencies): Running => startStateful(scoreStage({ run: deps.run }), deps);

/** Events that this process has taken in, over the partitions that it has. */
export const takenIn = ({ progress }: Running): number =>
  [...(progress[0]?.partitions ?? [])].reduce((sum, { positions }) => sum + (positions[live] ?? 0), 0);

/** Resolves when something holds, which is looked at every few milliseconds; rejects when the stage fails. */
export async function until(holds: () => boolean | Promise<boolean>, stage?: Running, everyMs = 20): Promise<void> {
  while (!(await holds())) {
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, everyMs)),
      ...(stage === undefined ? [] : [stage.done]),
    ]);
  }
}
