import type { Layout } from './layout.ts';
import type { Launch } from './processes.ts';
import type { Programs } from './programs/programs.ts';
import type { Daemon, State } from './state.ts';

/** What a daemon is started with. */
export interface Place {
  readonly layout: Layout;
  readonly state: State;
  readonly programs: Programs;
  readonly signal: AbortSignal;
}

/** What is particular to a service. */
export interface ServiceKind {
  /** Ports that one of its daemons needs. */
  readonly ports: number;
  /** How long a stop may take before it is forced, in milliseconds. */
  readonly stopMs: number;
  /** Puts its files in place, also where it ran before, and says how it is started. */
  launch(daemon: Daemon, place: Place): Promise<Launch>;
  /** Asks it as a client would; rejects while it does not answer. */
  ask(daemon: Daemon, state: State): Promise<void>;
  /** What clients are given. */
  address(daemons: readonly Daemon[], state: State): string;
}
