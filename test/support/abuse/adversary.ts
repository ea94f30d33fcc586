import { type Body, chances } from '../chatstream.ts';
import { type Chance, type Happening, poissonTimes } from '../madebroadcast.ts';

/** When an attack begins, in seconds after the broadcast's zero, and the seed of its chances. */
export interface Attack {
  readonly atSec: number;
  readonly seed: number;
}

/** Something that people do to a chat, or that happens in one, and that is no moment. */
export interface Adversary {
  readonly name: string;
  readonly what: string;
  readonly lengthSec: number;
  /** How many accounts write, at most. */
  readonly accounts: number;
  readonly happenings: (attack: Attack) => Happening[];
}

type Flood = Pick<Adversary, 'lengthSec' | 'happenings'>;

/** Messages of a Poisson process of `perSecond`; `write` makes the nth one. */
export function flood(lengthSec: number, perSecond: number, write: (n: number, chance: Chance) => Body): Flood {
  return {
    lengthSec,
    happenings: ({ atSec, seed }) => {
      const chance = chances(seed);
      const times = poissonTimes(atSec, atSec + lengthSec, perSecond, chance);
      return times.map((second, n) => ({ second, body: write(n, chance) }));
    },
  };
}

/** The same with a rate that grows from nothing to `perSecond`. */
export function ramp(lengthSec: number, perSecond: number, write: (n: number, chance: Chance) => Body): Flood {
  return {
    lengthSec,
    happenings: ({ atSec, seed }) => {
      const chance = chances(seed);
      const times = poissonTimes(atSec, atSec + lengthSec, perSecond, chance);
      const kept = times.filter((second) => chance() < (second - atSec) / lengthSec);
      return kept.map((second, n) => ({ second, body: write(n, chance) }));
    },
  };
}

/** A word of random letters. */
export const noise = (chance: Chance, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(chance() * 26))).join('');
