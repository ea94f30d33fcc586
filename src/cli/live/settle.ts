import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { readTopic } from '../node/watch.ts';

const ends: ReadonlySet<string> = new Set(['rendered', 'failed', 'rejected', 'expired']);

/** Resolves when the broadcast's ranking is there and every highlight that the journal knows has come to its end. */
export async function settled(
  deps: RuntimeDependencies,
  streamId: string,
  channelId: string,
  signal: AbortSignal,
  lookEveryMs = 200,
): Promise<void> {
  while (!(await isSettled(deps, streamId, channelId))) await deps.clock.sleep(lookEveryMs, signal);
}

async function isSettled(deps: RuntimeDependencies, streamId: string, channelId: string): Promise<boolean> {
  const rankings = await readTopic(deps, 'highlights.ranked', channelId);
  if (!rankings.some((ranking) => ranking.streamId === streamId)) return false;
  const states = new Map<string, string>();
  for (const highlight of await readTopic(deps, 'highlights.detected', channelId)) {
    if (highlight.streamId === streamId) states.set(highlight.highlightId, 'detected');
  }
  for (const entry of await readTopic(deps, 'highlights.journal', channelId)) {
    if (states.has(entry.highlightId)) states.set(entry.highlightId, entry.toState);
  }
  return [...states.values()].every((state) => ends.has(state));
}
