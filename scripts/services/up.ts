import { rmSync } from 'node:fs';
import { CliptideError } from '../../src/domain/errors.ts';
import { kinds } from './kinds.ts';
import { freePort } from './ports.ts';
import { preparePrograms } from './programs/programs.ts';
import type { Session } from './session.ts';
import { start, type Work } from './starting.ts';
import type { Daemon, Service } from './state.ts';

export interface UpOptions {
  readonly services: readonly Service[];
  /** Brokers of Kafka, 1 or 3; unless given those that there are, else 1. */
  readonly brokers?: number | undefined;
}

/** Starts what does not run of these services; resolves when all of them answer. */
export async function up(options: UpOptions, work: Work): Promise<void> {
  const { session, signal, say } = work;
  // Logs of the last time are kept until now, for whoever asks what went wrong.
  if (!session.found) rmSync(session.layout.logs, { recursive: true, force: true });
  const names = options.services.flatMap((service) => daemonNames(service, session, options.brokers));
  const programs = await preparePrograms(new Set(options.services), { layout: session.layout, signal, say });
  session.keep(...(await newDaemons(names, session)));
  const daemons = session.state.daemons.filter(({ name }) => names.some((wanted) => wanted.name === name));
  await start(daemons, programs, work);
}

type Named = Pick<Daemon, 'name' | 'service'>;

function daemonNames(service: Service, session: Session, brokers: number | undefined): Named[] {
  if (service !== 'kafka') return [{ name: service, service }];
  const there = session.state.daemons.filter((daemon) => daemon.service === 'kafka').length;
  if (brokers !== undefined && there > 0 && there !== brokers) {
    const hint = 'Run "npm run services down" first, or give the others a folder of their own with --dir';
    throw new CliptideError('usage', `Kafka was made with ${there} broker${there > 1 ? 's' : ''}`, { hint });
  }
  const count = brokers ?? Math.max(there, 1);
  return Array.from({ length: count }, (_, index) => ({ name: `kafka-${index + 1}`, service }));
}

/** Those that there are not yet, each with its ports. */
async function newDaemons(names: readonly Named[], session: Session): Promise<Daemon[]> {
  const taken = new Set(session.state.daemons.flatMap(({ ports }) => ports));
  const made: Daemon[] = [];
  for (const { name, service } of names.filter((wanted) => session.daemon(wanted.name) === undefined)) {
    const port = async (): Promise<number> => {
      const free = await freePort(taken);
      taken.add(free);
      return free;
    };
    const first = await port();
    const others: number[] = [];
    while (others.length < kinds[service].ports - 1) others.push(await port());
    made.push({ name, service, ports: [first, ...others] });
  }
  return made;
}
