import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliptideError } from '../../src/domain/errors.ts';
import type { Layout } from './layout.ts';

export const services = ['kafka', 'registry', 'redis', 'clickhouse', 's3'] as const;
export type Service = (typeof services)[number];

/** A process, told apart from a later one that got the same id. */
export interface RunningProcess {
  readonly pid: number;
  /** When it was started, in the system's own words. */
  readonly born: string;
}

/** One process of a service: `registry`, or `kafka-2` of three brokers. */
export interface Daemon {
  readonly name: string;
  readonly service: Service;
  /** Kept as long as there is the state; it answers at the first. */
  readonly ports: readonly [number, ...number[]];
  /** Absent before the first start and after a stop. */
  readonly process?: RunningProcess;
}

/** What the state file holds. */
export interface State {
  /** What clients are given, by service: Kafka's brokers with commas between them, the others' URLs. */
  readonly addresses: Readonly<Partial<Record<Service, string>>>;
  /** Secret of ClickHouse; part of its address. */
  readonly password: string;
  readonly clusterId: string;
  readonly daemons: readonly Daemon[];
}

export function newState(): State {
  // With a zero in front it begins with a letter: Kafka takes an id that begins with a dash for an option.
  const clusterId = randomBytes(16).fill(0, 0, 1).toString('base64url');
  return { addresses: {}, password: randomBytes(16).toString('hex'), clusterId, daemons: [] };
}

/** The state of a folder; undefined where nothing is up. Rejects with `corrupt` what is no state. */
export function readState(layout: Layout): State | undefined {
  let text: string;
  try {
    text = readFileSync(layout.state, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as State;
  } catch (cause) {
    const hint = 'End what it started, by the process ids in it, then delete the file';
    throw new CliptideError('corrupt', "the services' state is damaged", { where: layout.state, hint, cause });
  }
}

/** At once and whole: a reader never sees half of it. Readable by its owner only. */
export function writeState(layout: Layout, state: State): void {
  mkdirSync(layout.folder, { recursive: true });
  const part = `${layout.state}.part`;
  writeFileSync(part, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(part, layout.state);
}

export function removeState(layout: Layout): void {
  rmSync(layout.state, { force: true });
}
