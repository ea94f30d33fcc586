import { CliptideError } from '../../src/domain/errors.ts';
import { type Daemon, type Service, type State, services } from './state.ts';

/** The daemons that a person names: one (`kafka-2`), or all of a service (`kafka`). Throws `usage` for another name. */
export function named(names: readonly string[], { daemons }: State): Daemon[] {
  return names.flatMap((name) => {
    const found = daemons.filter((daemon) => daemon.name === name || daemon.service === name);
    if (found.length > 0) return found;
    const known = daemons.map((daemon) => daemon.name).join(', ');
    const hint = known === '' ? 'Run "npm run services up" first' : `There are ${known}`;
    throw new CliptideError('usage', `there is no service ${name}`, { hint });
  });
}

/** The services of a list with commas. Throws `usage` for an unknown one. */
export function servicesOf(list: string): Service[] {
  return list.split(',').map((text) => {
    const service = services.find((name) => name === text.trim());
    if (service !== undefined) return service;
    throw new CliptideError('usage', `there is no service ${text}`, { hint: `Known are ${services.join(', ')}` });
  });
}
