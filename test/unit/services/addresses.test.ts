import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownAddresses } from '../../support/services/found.ts';
import { demand, serveOnDemand } from '../../support/services/ondemand.ts';

let server: Server;
let open: string;
let closed: string;
beforeAll(async () => {
  const other = createServer();
  server = createServer();
  for (const each of [server, other]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  open = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  closed = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("a run's services", () => {
  it('are those of the environment before native ones', async () => {
    const given = { TEST_KAFKA: 'broker.example:9092', TEST_REDIS: '' };
    const native = { kafka: open, redis: `redis://${open}` };
    expect(await knownAddresses(given, native)).toEqual({ kafka: 'broker.example:9092', redis: `redis://${open}` });
  });

  it('are not those that a state file names and that do not answer; one broker of three is enough', async () => {
    const native = { kafka: `${closed},${open}`, registry: `http://${closed}/apis`, clickhouse: `http://u:p@${open}` };
    expect(await knownAddresses({}, native)).toEqual({ kafka: native.kafka, clickhouse: native.clickhouse });
  });
});

describe('services on demand', () => {
  it('are started once, however many ask, and none that nobody asks for', async () => {
    const started: string[] = [];
    const onDemand = await serveOnDemand(async (service) => {
      started.push(service);
      return `${service}.example:1`;
    });
    const asked = await Promise.all(
      ['redis', 'redis', 'kafka'].map((service) => demand(onDemand.url, service as 'redis')),
    );
    await onDemand.close();
    expect(asked).toEqual(['redis.example:1', 'redis.example:1', 'kafka.example:1']);
    expect(started.sort()).toEqual(['kafka', 'redis']);
  });

  it('say why one could not be started', async () => {
    const onDemand = await serveOnDemand(() => Promise.reject(new Error('no such image')));
    await expect(demand(onDemand.url, 'redis')).rejects.toThrow(/redis could not be started.*no such image/);
    await onDemand.close();
  });
});
