import { formatBytes } from '../../src/cli/bytes.ts';
import { table } from '../../src/cli/table.ts';
import { answers } from './answering.ts';
import { type Layout, logFile } from './layout.ts';
import { isRunning, memoryOf } from './processes.ts';
import type { Daemon, State } from './state.ts';

/** `ready` answers; `silent` runs and does not; `stopped` was stopped; `died` ended otherwise. */
export type Condition = 'ready' | 'silent' | 'stopped' | 'died';

export interface DaemonStatus {
  readonly name: string;
  readonly condition: Condition;
  /** Host and port. */
  readonly address: string;
  readonly pid: number | null;
  /** Resident memory. */
  readonly memoryBytes: number | null;
  readonly log: string;
}

export function statusOf(state: State, layout: Layout): Promise<DaemonStatus[]> {
  return Promise.all(
    state.daemons.map(async (daemon) => {
      const running = daemon.process !== undefined && isRunning(daemon.process) ? daemon.process : undefined;
      return {
        name: daemon.name,
        condition: await conditionOf(daemon, state),
        address: `127.0.0.1:${daemon.ports[0]}`,
        pid: running?.pid ?? null,
        memoryBytes: (running && memoryOf(running)) ?? null,
        log: logFile(layout, daemon.name),
      };
    }),
  );
}

async function conditionOf(daemon: Daemon, state: State): Promise<Condition> {
  if (daemon.process === undefined) return 'stopped';
  if (!isRunning(daemon.process)) return 'died';
  return (await answers(daemon, state)) === undefined ? 'ready' : 'silent';
}

export function statusTable(rows: readonly DaemonStatus[]): string {
  const memory = ({ memoryBytes }: DaemonStatus): string => (memoryBytes === null ? '' : formatBytes(memoryBytes));
  return table(
    [
      { title: 'service' },
      { title: 'condition' },
      { title: 'address' },
      { title: 'process', align: 'right' },
      { title: 'memory', align: 'right' },
      { title: 'log' },
    ],
    rows.map((row) => [row.name, row.condition, row.address, row.pid ?? '', memory(row), row.log]),
  );
}
