import type { Daemon } from '../state.ts';

/** The number of a broker: that of its name. */
export const nodeId = ({ name }: Daemon): string => name.replace('kafka-', '');

const mebibyte = 1024 * 1024;

export type KafkaSettings = Readonly<Record<string, string | number | boolean>>;

/** Settings that do not depend on where a broker is. With three brokers every record is on all, and one may be lost. */
export function clusterSettings(brokers: number): KafkaSettings {
  const replicas = Math.min(brokers, 3);
  const insync = replicas === 3 ? 2 : 1;
  return {
    'process.roles': 'broker,controller',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
    'default.replication.factor': replicas,
    'min.insync.replicas': insync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': insync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': insync,
    // Tests wait neither for members that do not come nor long for one that was killed.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'message.max.bytes': 20 * mebibyte,
    'replica.fetch.max.bytes': 20 * mebibyte,
    'log.segment.bytes': 64 * mebibyte,
    'log.index.size.max.bytes': mebibyte,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 8 * mebibyte,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
  };
}

/** Text of a broker's `server.properties`. Every broker is a controller, too. */
export function serverProperties(broker: Daemon, brokers: readonly Daemon[], folder: string): string {
  const [port, controllerPort] = broker.ports;
  const settings: KafkaSettings = {
    ...clusterSettings(brokers.length),
    'node.id': nodeId(broker),
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': brokers.map((each) => `${nodeId(each)}@127.0.0.1:${each.ports[1]}`).join(),
    'log.dirs': folder,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
