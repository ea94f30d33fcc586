import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/eventlog.ts';
import type { StageProgress } from './progress.ts';

const lookEveryMs = 20;

/**
 * Resolves when all of these stages have finished all that lies in their inputs, and nothing came meanwhile; `signal`
 * ends the wait by rejecting. For a log that nobody else writes to.
 */
export async function whenIdle(
  stages: readonly StageProgress[],
  { log, clock }: { readonly log: EventLog; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  let before: string | undefined;
  while (true) {
    const ends = await finishedEnds(stages, log);
    // One stage may have written to another one's input after that was looked at: a second look must see the same.
    if (ends !== undefined && ends === before) return;
    before = ends;
    if (ends === undefined) await clock.sleep(lookEveryMs, signal);
    signal.throwIfAborted();
  }
}

/** The ends of all inputs where the stages have come to them; undefined where one has not. */
async function finishedEnds(stages: readonly StageProgress[], log: EventLog): Promise<string | undefined> {
  const ends: Record<string, number> = {};
  for (const stage of stages) {
    for (const { partition, isRecovered, positions } of stage.partitions) {
      if (!isRecovered) return undefined;
      for (const topic of stage.inputs) {
        const { start, end } = await log.bounds(topic, partition);
        ends[`${topic} ${partition}`] = end;
        if ((positions[topic] ?? start) < end) return undefined;
      }
    }
    if (!stage.hasJoined || stage.partitions.size === 0) return undefined;
  }
  return JSON.stringify(ends);
}
