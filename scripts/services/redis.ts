import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { ServiceKind } from './kind.ts';
import { dataFolder } from './layout.ts';
import { program } from './programs/programs.ts';
import type { Daemon } from './state.ts';

const url = ({ ports: [port] }: Daemon): string => `redis://127.0.0.1:${port}`;

/** Redis, which writes every command to its file before it answers: a killed one has what it confirmed. */
export const redis: ServiceKind = {
  ports: 1,
  stopMs: 5000,
  launch: async (daemon, { layout, programs }) => {
    const folder = dataFolder(layout, daemon.name);
    mkdirSync(folder, { recursive: true });
    const options = {
      port: String(daemon.ports[0]),
      bind: '127.0.0.1',
      dir: folder,
      appendonly: 'yes',
      save: '',
      maxmemory: '100mb',
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    return { command: program(programs, 'redis-server'), args };
  },
  ask: async (daemon) => {
    const client = new Redis(url(daemon), { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1000 });
    // The failure is the promise's; without a listener ioredis prints it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  },
  address: ([daemon]) => (daemon === undefined ? '' : url(daemon)),
};
