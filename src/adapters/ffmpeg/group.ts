import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { RunEnd } from './failure.ts';
import { ownSession } from './session.ts';
import { watchGroup } from './watcher.ts';

/** Between a group's SIGTERM and its SIGKILL, in milliseconds. */
const graceMs = 1500;
const shell = '/bin/sh';

/**
 * Sets limits as a last net under the deadline (no core file, so many seconds of CPU, so much address space in KiB),
 * waits until somebody watches it, and becomes the program. Two milliseconds, where a Node in between takes forty.
 */
const starter =
  '{ ulimit -c 0; ulimit -t "$1"; ulimit -v "$2"; } 2>/dev/null; shift 2; read -r go || exit 1; exec "$@" </dev/null';
const addressSpaceKiB = 16 * 1024 * 1024;

/** What to spawn, in a session of its own, for a program; without sessions (Windows) it runs alone and without limits. */
export function groupCommand(program: string, deadlineMs: number): readonly [command: string, ...args: string[]] {
  if (!ownSession) return [program];
  const cpuSeconds = Math.ceil((deadlineMs / 1000) * availableParallelism()) + 10;
  return [shell, '-c', starter, shell, String(cpuSeconds), String(addressSpaceKiB), program];
}

/**
 * Lets a group go that was spawned so, and resolves with how its leader ended. The whole group is ended (TERM, then KILL
 * after the grace) at the deadline, on the signal, and when this process dies; what the leader forked never outlives it.
 */
export function overseeGroup(leader: ChildProcess, deadlineMs: number, signal?: AbortSignal): Promise<RunEnd> {
  const kill = (name: NodeJS.Signals): void => killGroup(leader, name);
  let ended = '';
  let trouble: string | undefined;
  let killing: NodeJS.Timeout | undefined;
  const stop = (reason: string): void => {
    if (ended !== '') return;
    ended = reason;
    kill('SIGTERM');
    killing = setTimeout(() => kill('SIGKILL'), graceMs);
  };
  const fail = (error: Error): void => {
    trouble = error.message;
    kill('SIGKILL');
  };
  const unwatch = ownSession && leader.pid !== undefined ? watchGroup(leader.pid, fail) : undefined;
  const deadline = setTimeout(() => stop('deadline'), deadlineMs);
  const calledOff = (): void => stop('stopped');
  signal?.addEventListener('abort', calledOff, { once: true });
  if (signal?.aborted) calledOff();
  // It may have been ended before it was let go.
  leader.stdin?.on('error', () => {}).end('go\n');
  return new Promise((resolve) => {
    const finish = (code: number | null, by: string | null): void => {
      kill('SIGKILL');
      unwatch?.();
      clearTimeout(deadline);
      clearTimeout(killing);
      signal?.removeEventListener('abort', calledOff);
      resolve({ ended, code, signal: by, ...(trouble === undefined ? {} : { error: trouble }) });
    };
    leader.once('exit', finish);
    leader.once('error', (error) => {
      trouble = error.message;
      finish(null, null);
    });
  });
}

function killGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
  if (leader.pid === undefined) return;
  try {
    if (ownSession) process.kill(-leader.pid, signal);
    else leader.kill(signal);
  } catch {
    // The group is gone already.
  }
}
