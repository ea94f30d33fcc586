import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, expect, it } from 'vitest';
import { openTopicAdmin } from '../../../src/adapters/kafka/admin.ts';
import { removeUnder } from '../../../src/adapters/kafka/removal.ts';
import { topicSettings } from '../../../src/adapters/kafka/settings.ts';
import { checkCluster } from '../../../src/cli/checks/cluster.ts';
import { declarations } from '../../../src/cli/node/storage.ts';
import type { ClusterConfig } from '../../../src/config/cluster.ts';
import { CliProcess, endProcesses } from '../../support/cliprocess.ts';
import { quiet } from '../../support/mediacaches.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;

describeWithServices(['kafka', 'registry'], 'doctor in a cluster', (addressOf) => {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const topology = { partitions: 2, retentionHours: {} };
  const connection = () => ({ brokers: addressOf('kafka').split(','), clientId: 'cliptide-test' });
  const cluster = (): ClusterConfig => ({
    kafka: { brokers: connection().brokers, prefix, tls: false, saslMechanism: 'plain', login: undefined },
    registry: { url: addressOf('registry'), ca: undefined, login: undefined },
    redis: undefined,
    clickhouse: undefined,
  });
  let silent: Server | undefined;
  afterEach(() => {
    endProcesses();
    silent?.close();
  });
  afterAll(() => removeUnder(prefix, connection(), quiet), minute);

  it('finds topics and schemas that are missing, then topics that are there', { timeout: minute }, async () => {
    expect(await checkCluster({ cluster: cluster(), topology }, quiet)).toMatchObject([
      { name: 'kafka', status: 'ok' },
      { name: 'kafka topics', status: 'fail', todo: expect.stringContaining('topology apply') },
      { name: 'registry', status: 'warn', todo: expect.stringContaining('topology apply') },
    ]);
    const kafka = await openTopicAdmin(connection(), prefix, quiet);
    for (const topic of declarations(2, {})) await kafka.create({ ...topic, settings: topicSettings(topic) });
    await kafka.close();
    const [, there] = await checkCluster({ cluster: cluster(), topology }, quiet);
    expect(there).toMatchObject({ name: 'kafka topics', status: 'ok' });
    const [, others] = await checkCluster({ cluster: cluster(), topology: { ...topology, partitions: 3 } }, quiet);
    expect(others).toMatchObject({ status: 'fail', found: expect.stringContaining('live.analytics (2)') });
  });

  it('ends, with what it found, where a broker and a registry never answer', { timeout: minute }, async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    silent = server;
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const env = {
      CLIPTIDE_KAFKA_BROKERS: `127.0.0.1:${port}`,
      CLIPTIDE_REGISTRY_URL: `http://127.0.0.1:${port}/apis/ccompat/v7`,
    };
    const doctor = new CliProcess(['doctor', '--json', '--data', tmpdir()], { cwd: tmpdir(), env });
    expect(await doctor.ended).toBe(1);
    const rows = doctor.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.filter(({ name }) => /^(kafka|registry)/.test(name))).toMatchObject([
      { name: 'kafka', status: 'fail' },
      { name: 'registry', status: 'fail' },
    ]);
  });
});
