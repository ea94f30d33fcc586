import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceKind } from '../kind.ts';
import type { Daemon } from '../state.ts';

export const server = fileURLToPath(new URL('./server.py', import.meta.url));

const url = ({ ports: [port] }: Daemon): string => `http://127.0.0.1:${port}`;

/** moto's S3 server. It takes any credentials, has no bucket at first, and forgets all when it stops. */
export const s3: ServiceKind = {
  ports: 1,
  stopMs: 5000,
  launch: async (daemon, { layout }) => ({
    command: join(layout.s3, 'bin', 'python'),
    args: ['-u', server, '127.0.0.1', String(daemon.ports[0])],
  }),
  ask: async (daemon) => {
    const response = await fetch(url(daemon), { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`the S3 server answers ${response.status}`);
    await response.body?.cancel();
  },
  address: ([daemon]) => (daemon === undefined ? '' : url(daemon)),
};
