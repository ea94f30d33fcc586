import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { confluentRegistry } from '../../../src/adapters/avro/confluent.ts';

/** A registry that takes so many requests without ever answering them. */
async function registrySilentFor(requests: number) {
  const asked: string[] = [];
  const server = createServer(({ method, url }, response: ServerResponse) => {
    asked.push(`${method} ${url}`);
    if (asked.length > requests) response.end(JSON.stringify(['test-a', 'other-b']));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    registry: confluentRegistry({ url: `http://127.0.0.1:${port}`, prefix: 'test-' }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

it('a registry that leaves a question without an answer is asked again', async () => {
  await using silent = await registrySilentFor(1);
  expect(await silent.registry.subjects()).toEqual(['a']);
  expect(silent.asked).toEqual(['GET /subjects', 'GET /subjects']);
});

it('a registry that never answers is unavailable', async () => {
  await using silent = await registrySilentFor(Number.POSITIVE_INFINITY);
  await expect(silent.registry.subjects()).rejects.toMatchObject({
    code: 'unavailable',
    message: 'the schema registry cannot be asked',
  });
  expect(silent.asked).toHaveLength(3);
});
