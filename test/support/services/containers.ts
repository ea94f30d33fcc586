import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import { clusterSettings } from '../../../scripts/services/kafka/settings.ts';
import { freePort } from '../../../scripts/services/ports.ts';
import { server as s3Server } from '../../../scripts/services/s3/daemon.ts';
import type { Service } from '../../../scripts/services/state.ts';
import { versions } from '../../../scripts/services/versions.ts';

/** The official images of what `npm run services` starts natively, in the same versions. */
const images: Readonly<Record<Service, string>> = {
  kafka: 'apache/kafka:4.4.0',
  registry: 'apicurio/apicurio-registry:3.3.3',
  redis: 'redis:7.0.15',
  clickhouse: 'clickhouse/clickhouse-server:26.7',
  s3: `motoserver/moto:${versions.moto}`,
};

const sockets = [
  '/var/run/docker.sock',
  join(homedir(), '.docker', 'run', 'docker.sock'),
  join(process.env.XDG_RUNTIME_DIR ?? '/run', 'docker.sock'),
];

/** Whether a Docker engine answers. The library is loaded only where there may be one: it takes its time. */
export async function engineAnswers(): Promise<boolean> {
  if (process.env.DOCKER_HOST === undefined && !sockets.some((path) => existsSync(path))) return false;
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/** Starts a service in a container and gives what clients are given; the library removes it when this process ends. */
export async function startContainer(service: Service): Promise<string> {
  return starters[service]();
}

type Environment = Readonly<Record<string, string>>;

async function run(service: Service, port: number, environment: Environment = {}): Promise<StartedTestContainer> {
  const { GenericContainer } = await import('testcontainers');
  return new GenericContainer(images[service]).withEnvironment(environment).withExposedPorts(port).start();
}

const starters: Readonly<Record<Service, () => Promise<string>>> = {
  kafka: startKafka,
  registry: async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer(images.registry)
      .withEnvironment({ APICURIO_RULES_GLOBAL_COMPATIBILITY: 'BACKWARD' })
      .withExposedPorts(8080)
      .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', 8080))
      .start();
    return `http://${container.getHost()}:${container.getMappedPort(8080)}/apis/ccompat/v7`;
  },
  redis: async () => {
    const container = await run('redis', 6379);
    return `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
  },
  clickhouse: async () => {
    const container = await run('clickhouse', 8123, { CLICKHOUSE_USER: 'cliptide', CLICKHOUSE_PASSWORD: 'cliptide' });
    return `http://cliptide:cliptide@${container.getHost()}:${container.getMappedPort(8123)}`;
  },
  s3: async () => {
    const { GenericContainer } = await import('testcontainers');
    // The image's own entry point takes several requests at a time, of which two could get one name.
    const container = await new GenericContainer(images.s3)
      .withCopyFilesToContainer([{ source: s3Server, target: '/server.py' }])
      .withEntrypoint(['python', '/server.py', '0.0.0.0', '5000'])
      .withExposedPorts(5000)
      .start();
    return `http://${container.getHost()}:${container.getMappedPort(5000)}`;
  },
};

/** A broker tells clients where it is, so the port is chosen before it is started. */
async function startKafka(): Promise<string> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const { info } = await getContainerRuntimeClient();
  const port = await freePort(new Set());
  const address = `${info.containerRuntime.host}:${port}`;
  const settings = {
    ...clusterSettings(1),
    'node.id': 1,
    listeners: 'CLIENT://:9092,BROKER://:9094,CONTROLLER://:9093',
    'advertised.listeners': `CLIENT://${address},BROKER://localhost:9094`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': '1@localhost:9093',
  };
  // The image takes its settings from variables with these names.
  const named = Object.entries(settings).map(([name, value]) => [
    `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
    String(value),
  ]);
  await new GenericContainer(images.kafka)
    .withEnvironment(Object.fromEntries(named))
    .withExposedPorts({ container: 9092, host: port })
    .start();
  return address;
}
