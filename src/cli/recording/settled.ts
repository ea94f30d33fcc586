import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { watchTopic } from '../node/watch.ts';

/** Nothing more is expected of a highlight in one of these states by a command that is run once. */
const ends: ReadonlySet<string> = new Set(['rendered', 'failed', 'rejected', 'expired']);

export interface Settled {
  readonly highlightId: string;
  readonly state: string;
  readonly reason: string;
}

/** How each of these highlights ended, as it does. */
export async function* settledOf(
  deps: RuntimeDependencies,
  channelId: string,
  highlightIds: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<Settled> {
  const left = new Set(highlightIds);
  if (left.size === 0) return;
  for await (const entry of watchTopic(deps, 'highlights.journal', channelId, signal)) {
    if (!left.has(entry.highlightId) || !ends.has(entry.toState)) continue;
    left.delete(entry.highlightId);
    yield { highlightId: entry.highlightId, state: entry.toState, reason: entry.reason };
    if (left.size === 0) return;
  }
  throw signal.reason;
}
