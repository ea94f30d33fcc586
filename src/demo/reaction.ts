import { someone } from './crowd.ts';
import { type Draft, type Person, says } from './events.ts';
import type { Chance } from './random.ts';
import { cheers, cries, laughs, wishes } from './words.ts';

const BEGINS_AFTER_SEC = 6;
const LASTS_SEC = 15;

function outcry(chance: Chance): string {
  const kind = chance.next();
  if (kind < 0.5) return chance.pick(cries);
  if (kind < 0.72) return chance.pick(cheers);
  if (kind < 0.9) return chance.pick(laughs);
  return chance.pick(wishes);
}

/** What chat makes of a moment: 40 to 80 short messages that begin 6 s after it, most of them between the eighth and the twelfth second. */
export function reaction(chance: Chance, momentSec: number, people: readonly Person[]): readonly Draft[] {
  return Array.from({ length: chance.whole(55, 80) }, () => {
    const sec = momentSec + BEGINS_AFTER_SEC + LASTS_SEC * ((chance.next() + chance.next()) / 2) ** 2;
    return says(sec, someone(chance, people), outcry(chance));
  });
}
