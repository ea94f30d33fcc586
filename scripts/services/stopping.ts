import { kinds } from './kinds.ts';
import { end } from './processes.ts';
import type { Session } from './session.ts';
import type { Daemon } from './state.ts';

/** `gently` lets them finish what they do, with a deadline; `kill` is what a lost machine does to them (SIGKILL). */
export type StopHow = 'gently' | 'kill';

/** Stops daemons, which keep ports and data; resolves when their processes are gone. */
export async function stop(
  daemons: readonly Daemon[],
  how: StopHow,
  { session, say }: { readonly session: Session; readonly say: (text: string) => void },
): Promise<void> {
  await Promise.all(
    daemons.map(async ({ process: running, ...daemon }) => {
      if (running === undefined) return;
      await end(running, how === 'kill' ? 'kill' : { withinMs: kinds[daemon.service].stopMs });
      session.keep(daemon);
      say(`${daemon.name} is stopped`);
    }),
  );
}
