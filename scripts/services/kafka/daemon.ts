import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import type { Place, ServiceKind } from '../kind.ts';
import { dataFolder, logFile } from '../layout.ts';
import { program } from '../programs/programs.ts';
import { runProgram } from '../programs/run.ts';
import type { Daemon } from '../state.ts';
import { nodeId, serverProperties } from './settings.ts';

const logging = fileURLToPath(new URL('./log4j2.properties', import.meta.url));
const address = ({ ports: [port] }: Daemon): string => `127.0.0.1:${port}`;

/** Kafka without ZooKeeper. */
export const kafka: ServiceKind = {
  ports: 2,
  stopMs: 15_000,
  launch: async (daemon, place) => {
    const folder = dataFolder(place.layout, daemon.name);
    const settings = join(folder, 'server.properties');
    const logs = join(folder, 'topics');
    mkdirSync(logs, { recursive: true });
    const brokers = place.state.daemons.filter(({ service }) => service === 'kafka');
    writeFileSync(settings, serverProperties(daemon, brokers, logs));
    if (!existsSync(join(logs, 'meta.properties'))) await format(daemon, settings, place);
    const java = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'];
    return {
      command: program(place.programs, 'java'),
      args: [...java, ...onClassPath(place, 'kafka.Kafka'), settings],
    };
  },
  ask: async (daemon) => {
    const admin = client(daemon).admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      // It answers before the controller lets it take part.
      if (!brokers.some((broker) => String(broker.nodeId) === nodeId(daemon))) throw new Error('it is still fenced');
    } finally {
      await admin.disconnect();
    }
  },
  address: (daemons) => daemons.map(address).join(),
};

const client = (daemon: Daemon): Kafka =>
  new Kafka({
    brokers: [address(daemon)],
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });

async function format(daemon: Daemon, settings: string, place: Place): Promise<void> {
  const { layout, programs, signal, state } = place;
  // A formatting that was interrupted may have left a part of it.
  const args = ['format', '--ignore-formatted', '-t', state.clusterId, '-c', settings];
  const java = ['-Xmx64m', '-XX:TieredStopAtLevel=1', ...onClassPath(place, 'kafka.tools.StorageTool')];
  const log = logFile(layout, daemon.name);
  await runProgram(program(programs, 'java'), [...java, ...args], { log, signal });
}

function onClassPath({ layout }: Place, main: string): string[] {
  return [`-Dlog4j2.configurationFile=${logging}`, '-cp', join(layout.programs, 'kafka', '*'), main];
}
