import { setTimeout as sleep } from 'node:timers/promises';
import { CliptideError } from '../../src/domain/errors.ts';
import { kinds } from './kinds.ts';
import { type Layout, logFile } from './layout.ts';
import { isRunning } from './processes.ts';
import { lastLines } from './programs/run.ts';
import type { Daemon, State } from './state.ts';

const deadlineMs = 120_000;
const pauseMs = 250;

/** Resolves when the daemon answers. Rejects with `tool` when it has ended, with `timeout` after two minutes. */
export async function answering(daemon: Daemon, state: State, layout: Layout, signal: AbortSignal): Promise<void> {
  const log = logFile(layout, daemon.name);
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const cause = await answers(daemon, state);
    if (cause === undefined) return;
    if (daemon.process === undefined || !isRunning(daemon.process))
      throw new CliptideError('tool', `${daemon.name} has ended:\n${lastLines(log)}`, { where: log });
    if (performance.now() > deadline)
      throw new CliptideError('timeout', `${daemon.name} does not answer`, { where: log, cause });
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Asks once; gives why it does not answer, undefined when it does. */
export function answers(daemon: Daemon, state: State): Promise<unknown> {
  return kinds[daemon.service].ask(daemon, state).then(
    () => undefined,
    (error: unknown) => error ?? new Error('no answer'),
  );
}
