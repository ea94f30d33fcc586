import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceKind } from '../kind.ts';
import { dataFolder } from '../layout.ts';
import type { Daemon, State } from '../state.ts';
import { passwordVariable } from './password.ts';

const server = fileURLToPath(new URL('./main.ts', import.meta.url));
const user = 'cliptide';

/** The ClickHouse engine behind its HTTP interface. */
export const clickhouse: ServiceKind = {
  ports: 1,
  stopMs: 10_000,
  launch: async (daemon, { layout, state }) => {
    const folder = dataFolder(layout, daemon.name);
    mkdirSync(folder, { recursive: true });
    return {
      command: process.execPath,
      args: [
        '--max-semi-space-size=8',
        '--disable-warning=ExperimentalWarning',
        server,
        folder,
        String(daemon.ports[0]),
      ],
      // A statement holds one of libuv's threads, of which there are four unless this says otherwise.
      env: { [passwordVariable]: state.password, UV_THREADPOOL_SIZE: '8' },
    };
  },
  ask: async ({ ports: [port] }, { password }) => {
    const response = await fetch(`http://127.0.0.1:${port}/?query=SELECT+1`, {
      headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
      signal: AbortSignal.timeout(5000),
    });
    if ((await response.text()) !== '1\n') throw new Error(`ClickHouse answers ${response.status}`);
  },
  address: ([daemon], state) => (daemon === undefined ? '' : url(daemon, state)),
};

const url = ({ ports: [port] }: Daemon, { password }: State): string => `http://${user}:${password}@127.0.0.1:${port}`;
