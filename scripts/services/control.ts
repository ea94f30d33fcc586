import { down } from './down.ts';
import { layoutOf } from './layout.ts';
import { locked } from './lock.ts';
import { named } from './naming.ts';
import { preparePrograms } from './programs/programs.ts';
import { Session } from './session.ts';
import { start, type Work } from './starting.ts';
import { readState, type State } from './state.ts';
import { type DaemonStatus, statusOf } from './status.ts';
import { type StopHow, stop } from './stopping.ts';
import { type UpOptions, up } from './up.ts';

export interface ControlOptions {
  /** Where state, data and logs are; `.services` in the project unless given. */
  readonly dir?: string | undefined;
  readonly signal: AbortSignal;
  /** Told what has happened, for people. */
  readonly say: (text: string) => void;
}

/** Services of one folder. Names are those of services (`kafka`: all its brokers) or of single daemons (`kafka-2`). */
export interface Control {
  /** Starts what does not run; resolves when all of them answer. */
  up(options: UpOptions): Promise<void>;
  /** Stops all and removes their data. */
  down(): Promise<void>;
  /** Starts them with the ports and data that they had; resolves when they answer. */
  start(names: readonly string[]): Promise<void>;
  /** Resolves when their processes are gone. */
  stop(names: readonly string[], how: StopHow): Promise<void>;
  status(): Promise<DaemonStatus[]>;
  /** What clients are given, by service. */
  addresses(): State['addresses'];
}

export function controlOf({ dir, signal, say }: ControlOptions): Control {
  const layout = layoutOf(dir);
  const changing = (change: (work: Work) => Promise<void>): Promise<void> =>
    locked(layout, signal, () => change({ session: new Session(layout), signal, say }));
  return {
    up: (options) => changing((work) => up(options, work)),
    down: () =>
      changing(async ({ session }) => {
        if (!session.found) say('nothing is up');
        await down(session, say);
      }),
    start: (names) =>
      changing(async (work) => {
        const daemons = named(names, work.session.state);
        const needed = new Set(daemons.map(({ service }) => service));
        await start(daemons, await preparePrograms(needed, { layout, signal, say }), work);
      }),
    stop: (names, how) => changing((work) => stop(named(names, work.session.state), how, work)),
    status: async () => {
      const state = readState(layout);
      return state === undefined ? [] : statusOf(state, layout);
    },
    addresses: () => readState(layout)?.addresses ?? {},
  };
}
