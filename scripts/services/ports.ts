import { createServer } from 'node:net';
import { CliptideError } from '../../src/domain/errors.ts';

/**
 * Below those that systems give to outgoing connections (Linux from 32768, macOS from 49152): while a service is
 * stopped, a client that tries to reach it must not be given its port.
 */
const first = 20_000;
const last = 32_000;

/** A free port on loopback that is none of the taken ones; the search begins anywhere. */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  const begin = Math.floor(Math.random() * (last - first));
  for (let step = 0; step < last - first; step++) {
    const port = first + ((begin + step) % (last - first));
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new CliptideError('busy', `no port from ${first} to ${last} is free on loopback`, {
    hint: 'Stop what holds them',
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
