import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { appendLive, type Said, saidBy, withLog } from '../scoredlog.ts';
import { allRanked } from './ranked.ts';

/** What scoring says of these broadcasts, of which so many end (all unless given), when nothing ever happens to it. */
export function uninterrupted(
  events: readonly LiveEvent[],
  partitions: number,
  topics?: Parameters<typeof saidBy>[1],
  ending = new Set(events.map(({ streamId }) => streamId)).size,
): Promise<Said> {
  return withLog(undefined, partitions, async (deps) => {
    await appendLive(deps, events);
    const stage = startStateful(scoreStage({ run: deps.run }), deps);
    await Promise.race([stage.done, allRanked(deps, partitions, ending)]);
    await stage.stop();
    await stage.done;
    return saidBy(deps, topics);
  });
}
