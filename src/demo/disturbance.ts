import type { Crowd } from './crowd.ts';
import { someone } from './crowd.ts';
import { type Draft, raids, says } from './events.ts';
import { RAID_LASTS_SEC, RAID_SEC, SPAM_LASTS_SEC, SPAM_SEC } from './plan.ts';
import type { Chance } from './random.ts';
import { greetings, spam, welcomes } from './words.ts';

/** A raid: the event, then a wave of greetings by people who never wrote before, and some welcomes. */
export function raidWave(chance: Chance, crowd: Crowd): readonly Draft[] {
  const when = (): number => RAID_SEC + 1 + (RAID_LASTS_SEC - 1) * chance.next() ** 2;
  const waves = crowd.raiders.map((person) => says(when(), person, chance.pick(greetings)));
  const answers = Array.from({ length: 14 }, () =>
    says(when() + 2, someone(chance, crowd.regulars), chance.pick(welcomes)),
  );
  return [raids(RAID_SEC, 'lantern', crowd.raiders.length * 4), ...waves, ...answers];
}

/** A few accounts that repeat two texts with a link as fast as they can. */
export function spamBurst(chance: Chance, crowd: Crowd): readonly Draft[] {
  const gapSec = 0.25;
  return Array.from({ length: SPAM_LASTS_SEC / gapSec }, (_, index) =>
    says(SPAM_SEC + (index + 0.5 * chance.next()) * gapSec, someone(chance, crowd.bots), chance.pick(spam)),
  );
}
