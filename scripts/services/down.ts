import { rmSync } from 'node:fs';
import type { Session } from './session.ts';
import { removeState } from './state.ts';
import { stop } from './stopping.ts';

/** Stops everything and removes data and state. Programs stay, and logs until the next start. */
export async function down(session: Session, say: (text: string) => void): Promise<void> {
  // Nobody will read their data again, so there is nothing to wait for.
  await stop(session.state.daemons, 'kill', { session, say });
  rmSync(session.layout.data, { recursive: true, force: true });
  removeState(session.layout);
}
