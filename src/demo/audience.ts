import type { Crowd } from './crowd.ts';
import { someone } from './crowd.ts';
import { counts, type Draft, supports } from './events.ts';
import { DURATION_SEC, MOMENTS, RAID_SEC } from './plan.ts';
import type { Chance } from './random.ts';

const EVERY_SEC = 15;

/** How many watch at a second: a slow rise, a few more after each moment, many more after the raid. */
function watching(sec: number): number {
  const after = (begin: number, size: number, fadeSec: number): number =>
    sec < begin ? 0 : size * Math.exp(-(sec - begin) / fadeSec);
  const moments = MOMENTS.reduce((sum, moment) => sum + after(moment + 10, 40, 120), 0);
  return 620 + sec / 10 + moments + after(RAID_SEC, 340, 400);
}

/** A viewer count every 15 s. */
export function viewerCounts(chance: Chance): readonly Draft[] {
  const drafts: Draft[] = [];
  for (let sec = EVERY_SEC; sec < DURATION_SEC; sec += EVERY_SEC) {
    drafts.push(...counts(sec, Math.round(watching(sec)) + chance.whole(-6, 6)));
  }
  return drafts;
}

/** A subscription about every 50 s, now and then a gift for several people. */
export function subscriptions(chance: Chance, crowd: Crowd): readonly Draft[] {
  const drafts: Draft[] = [];
  for (let sec = 20; sec < DURATION_SEC - 10; sec += chance.whole(25, 75)) {
    const gift = chance.happens(0.2);
    const person = someone(chance, crowd.regulars);
    drafts.push(supports(sec + chance.next(), person, gift ? 'gift' : 'subscription', gift ? chance.whole(2, 5) : 1));
  }
  return drafts;
}
