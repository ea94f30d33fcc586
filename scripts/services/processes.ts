import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliptideError } from '../../src/domain/errors.ts';
import type { RunningProcess } from './state.ts';

/** How a daemon is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const checkMs = 50;

/** Variables that are passed on. Not all: Kafka and Quarkus would take some for configuration. */
const passedOn = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const;

/** Starts a process that outlives this one, out of reach of its terminal's Ctrl-C; it writes to the end of its log. */
export async function startDetached(launch: Launch, log: string): Promise<RunningProcess> {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const passed = passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  try {
    const child = spawn(launch.command, launch.args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...Object.fromEntries(passed), ...launch.env },
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return { pid, born: birth(pid) ?? '' };
  } catch (cause) {
    throw new CliptideError('tool', `${launch.command} could not be started`, { where: log, cause });
  } finally {
    closeSync(output);
  }
}

/** Whether it is this process that still runs. */
export const isRunning = ({ pid, born }: RunningProcess): boolean => birth(pid) === born;

/** Ends it, by force when it is told to or has not ended in time; resolves when it is gone. */
export async function end(running: RunningProcess, how: 'kill' | { readonly withinMs: number }): Promise<void> {
  if (how !== 'kill') {
    signalTo(running, 'SIGTERM');
    const deadline = performance.now() + how.withinMs;
    while (isRunning(running) && performance.now() < deadline) await sleep(checkMs);
  }
  signalTo(running, 'SIGKILL');
  while (isRunning(running)) await sleep(checkMs);
}

function signalTo(running: RunningProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (!isRunning(running)) return;
  try {
    process.kill(running.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resident memory in bytes; undefined when it is gone. */
export function memoryOf({ pid }: RunningProcess): number | undefined {
  const kilobytes =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1]
      : /\d+/.exec(ps(pid, 'rss='))?.[0];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** When a process was started; undefined when there is none, or one that has ended and only was not collected. */
function birth(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'lstart=') || undefined;
  // The second field, the program's name, may hold anything; state is the third, start time the 22nd.
  const fields = /\) (.*)$/s.exec(textOf(`/proc/${pid}/stat`))?.[1]?.split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
