import { answering } from './answering.ts';
import { kinds } from './kinds.ts';
import { logFile } from './layout.ts';
import { isRunning, startDetached } from './processes.ts';
import type { Programs } from './programs/programs.ts';
import type { Session } from './session.ts';
import type { Daemon } from './state.ts';
import { stop } from './stopping.ts';

export interface Work {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Told what has happened, for people. */
  readonly say: (text: string) => void;
}

/**
 * Starts those of the daemons that do not run, and resolves when all of them answer. When it is interrupted, those that
 * it has started are stopped again; when one fails, the others stay.
 */
export async function start(daemons: readonly Daemon[], programs: Programs, work: Work): Promise<void> {
  const began = performance.now();
  const started: Daemon[] = [];
  const settled = await Promise.allSettled(
    daemons.map(async (daemon) => {
      const runs = daemon.process !== undefined && isRunning(daemon.process);
      const running = runs ? daemon : await launch(daemon, programs, work);
      if (!runs) started.push(running);
      await answering(running, work.session.state, work.session.layout, work.signal);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      work.say(`${daemon.name} answers at 127.0.0.1:${daemon.ports[0]}${runs ? '' : ` after ${seconds} s`}`);
    }),
  );
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  if (work.signal.aborted) await stop(started, 'kill', work);
  throw failed.reason;
}

async function launch(daemon: Daemon, programs: Programs, { session, signal }: Work): Promise<Daemon> {
  const { layout, state } = session;
  const how = await kinds[daemon.service].launch(daemon, { layout, state, programs, signal });
  signal.throwIfAborted();
  const running = { ...daemon, process: await startDetached(how, logFile(layout, daemon.name)) };
  session.keep(running);
  return running;
}
