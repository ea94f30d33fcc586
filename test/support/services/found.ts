import { connect } from 'node:net';
import { layoutOf } from '../../../scripts/services/layout.ts';
import { readState, type Service, type State, services } from '../../../scripts/services/state.ts';

/** What test processes are told about the services of a run. */
export interface FoundServices {
  /** Those that answer, by what clients are given. */
  readonly addresses: State['addresses'];
  /** Who starts the others in containers when they are asked for; null where no Docker engine answers. */
  readonly onDemand: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    services: FoundServices;
  }
}

/** The variable that names a service of somebody else's: `TEST_KAFKA`. */
export const variableOf = (service: Service): string => `TEST_${service.toUpperCase()}`;

const connectMs = 2000;

/** Addresses from the environment, and for what it does not name those of `npm run services`, where they answer. */
export async function knownAddresses(
  environment: NodeJS.ProcessEnv = process.env,
  native: State['addresses'] = nativeAddresses(),
): Promise<State['addresses']> {
  const known = await Promise.all(
    services.map(async (service) => {
      const given = environment[variableOf(service)];
      if (given !== undefined && given !== '') return [[service, given]];
      const own = native[service];
      return own !== undefined && (await anyListens(own)) ? [[service, own]] : [];
    }),
  );
  return Object.fromEntries(known.flat());
}

function nativeAddresses(): State['addresses'] {
  try {
    return readState(layoutOf())?.addresses ?? {};
  } catch (error) {
    // Those of another user are not for these tests.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return {};
    throw error;
  }
}

/** Whether someone listens at one of the hosts and ports that an address names. */
async function anyListens(address: string): Promise<boolean> {
  const listening = await Promise.all(address.split(',').map(listens));
  return listening.includes(true);
}

function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: connectMs });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).once('timeout', settle(false));
  });
}
