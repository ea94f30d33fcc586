import { someone } from './crowd.ts';
import { type Draft, type Person, says } from './events.ts';
import { DURATION_SEC } from './plan.ts';
import type { Chance } from './random.ts';
import { asides, ends, giggles, middles, openings } from './words.ts';

const MESSAGES_A_SECOND = 1.25;

function line(chance: Chance): string {
  const kind = chance.next();
  if (kind < 0.07) return chance.pick(giggles);
  if (kind < 0.25) return chance.pick(asides);
  const middle = chance.pick(middles);
  return kind < 0.45 ? `${middle} ${chance.pick(ends)}` : `${chance.pick(openings)} ${middle} ${chance.pick(ends)}`;
}

/** Ordinary chat over the whole broadcast, at a rate that swings slowly by a fifth. */
export function ordinaryTalk(chance: Chance, people: readonly Person[]): readonly Draft[] {
  const drafts: Draft[] = [];
  let sec = 1 + chance.next();
  while (sec < DURATION_SEC - 2) {
    drafts.push(says(sec, someone(chance, people), line(chance)));
    const rate = MESSAGES_A_SECOND * (1 + 0.2 * Math.sin(sec / 70));
    // People do not write independently of each other: gaps are more even than those of a Poisson process.
    sec += (0.35 + 1.3 * chance.next()) / rate;
  }
  return drafts;
}
