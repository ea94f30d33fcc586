import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceKind } from './kind.ts';
import { dataFolder } from './layout.ts';
import { program } from './programs/programs.ts';
import type { Daemon } from './state.ts';

/** Where it speaks Confluent's interface, which the clients know. */
const url = ({ ports: [port] }: Daemon): string => `http://127.0.0.1:${port}/apis/ccompat/v7`;

/** Apicurio Registry over a file, set to refuse what Confluent's registry would. */
export const registry: ServiceKind = {
  ports: 1,
  stopMs: 10_000,
  launch: async (daemon, { layout, programs }) => {
    const folder = dataFolder(layout, daemon.name);
    mkdirSync(folder, { recursive: true });
    const properties = {
      'quarkus.http.host': '127.0.0.1',
      'quarkus.http.port': String(daemon.ports[0]),
      // Health and metrics, which nobody asks here: at any free port.
      'quarkus.management.host': '127.0.0.1',
      'quarkus.management.port': '0',
      'quarkus.http.access-log.enabled': 'false',
      'quarkus.log.category."io.apicurio".level': 'WARN',
      // What was answered is on disk, so that a killed registry has it.
      'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'registry')};WRITE_DELAY=0`,
      'apicurio.datasource.jdbc.initial-size': '1',
      'apicurio.datasource.jdbc.min-size': '1',
      'apicurio.datasource.jdbc.max-size': '8',
      'apicurio.rules.global.compatibility': 'BACKWARD',
      'apicurio.rest.deletion.artifact.enabled': 'true',
    };
    const flags = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    const java = ['-Xms32m', '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const jar = join(layout.programs, 'registry', 'quarkus-run.jar');
    return { command: program(programs, 'java'), args: [...java, ...flags, '-jar', jar] };
  },
  ask: async (daemon) => {
    const response = await fetch(`${url(daemon)}/subjects`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`the registry answers ${response.status}`);
    await response.body?.cancel();
  },
  address: ([daemon]) => (daemon === undefined ? '' : url(daemon)),
};
