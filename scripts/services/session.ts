import { kinds } from './kinds.ts';
import type { Layout } from './layout.ts';
import { type Daemon, newState, readState, type State, services, writeState } from './state.ts';

/** The state while it is changed: every change is on disk at once, so that nothing that runs is ever forgotten. */
export class Session {
  readonly layout: Layout;
  /** Whether there was a state before. */
  readonly found: boolean;
  #state: State;

  constructor(layout: Layout) {
    this.layout = layout;
    const state = readState(layout);
    this.found = state !== undefined;
    this.#state = state ?? newState();
  }

  get state(): State {
    return this.#state;
  }

  /** The daemon as it is known now. */
  daemon(name: string): Daemon | undefined {
    return this.#state.daemons.find((daemon) => daemon.name === name);
  }

  /** Puts daemons in place of those of the same names, or adds them. */
  keep(...daemons: readonly Daemon[]): void {
    const all = new Map([...this.#state.daemons, ...daemons].map((daemon) => [daemon.name, daemon]));
    const kept = [...all.values()];
    const addresses = services.flatMap((service) => {
      const own = kept.filter((daemon) => daemon.service === service);
      return own.length === 0 ? [] : [[service, kinds[service].address(own, this.#state)]];
    });
    this.#state = { ...this.#state, addresses: Object.fromEntries(addresses), daemons: kept };
    writeState(this.layout, this.#state);
  }
}
