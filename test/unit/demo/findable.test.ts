import { describe, expect, it } from 'vitest';
import { demoScript } from '../../../src/demo/script.ts';
import { isScored, scoredEvent } from '../../../src/domain/scoring/event.ts';
import { defaultModel, weightsOf } from '../../../src/domain/scoring/model.ts';
import { Scorer } from '../../../src/domain/scoring/scorer.ts';

/** Seconds in which the scorer finds a highlight. */
function foundIn(seed: number, perHour: number): number[] {
  const script = demoScript(seed);
  const scorer = new Scorer(weightsOf(defaultModel), 0);
  const events = script.events.map((event) => ({ event, second: Math.floor((event.atMs - script.zeroAtMs) / 1000) }));
  const found: number[] = [];
  for (let second = 0; second < script.durationSec; second++) {
    for (const { event } of events.filter((timed) => timed.second === second)) {
      if (isScored(event.kind)) scorer.add(scoredEvent(event, event.kind));
    }
    if (scorer.close(perHour).found !== null) found.push(second);
  }
  return found;
}

describe('what there is to find in the made broadcast', () => {
  it.each([
    [1, 5],
    [1, 7.5],
    [1, 12],
    [7, 7.5],
  ])('is five moments, and neither raid nor spam (seed %i, %d wished an hour)', (seed, perHour) => {
    const { moments } = demoScript(seed);
    const found = foundIn(seed, perHour);
    expect(found).toHaveLength(moments.length);
    found.forEach((second, index) => {
      const after = second - (moments[index] ?? 0);
      expect(after).toBeGreaterThanOrEqual(6);
      expect(after).toBeLessThanOrEqual(12);
    });
  });
});
