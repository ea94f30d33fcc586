import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { whenIdle } from '../../runtime/idle.ts';
import type { StageProgress } from '../../runtime/progress.ts';

/** Results that are full or slow keep nobody for longer: the next process on the folder records the rest. */
const mostWaitMs = 20_000;

/** Waits until the results hold what the topics do; false where they do not in time. */
export async function recorded(
  record: readonly StageProgress[],
  deps: RuntimeDependencies,
  signal: AbortSignal,
  mostMs = mostWaitMs,
): Promise<boolean> {
  const late = AbortSignal.timeout(mostMs);
  try {
    await whenIdle(record, deps, AbortSignal.any([signal, late]));
    return true;
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    return false;
  }
}
