import { stableId } from '../domain/ids.ts';
import type { Person } from './events.ts';
import type { Chance } from './random.ts';
import { syllables } from './words.ts';

/** The made-up people of the broadcast. */
export interface Crowd {
  /** People who watch from the start; the first of them write the most. */
  readonly regulars: readonly Person[];
  /** People whom the raid brings. */
  readonly raiders: readonly Person[];
  readonly bots: readonly Person[];
}

const REGULARS = 400;
const RAIDERS = 90;
const BOTS = 2;

/** People with names of made-up syllables; as everywhere in Cliptide's events, only a hash of the name is kept. */
export function gatherCrowd(chance: Chance): Crowd {
  const many = (count: number, rolesOf: (index: number) => readonly string[]): readonly Person[] =>
    Array.from({ length: count }, (_, index) => {
      const name = `${chance.pick(syllables)}${chance.pick(syllables)}${chance.pick(syllables)}${index}`;
      return { userId: stableId('demo-user', name), roles: rolesOf(index) };
    });
  return {
    regulars: many(REGULARS, (index) => (index < 3 ? ['moderator'] : index % 5 === 0 ? ['subscriber'] : [])),
    raiders: many(RAIDERS, () => []),
    bots: many(BOTS, () => []),
  };
}

/** Someone of the list; early ones are met about three times as often as late ones. */
export function someone(chance: Chance, people: readonly Person[]): Person {
  const share = chance.next();
  const place = Math.floor(share * Math.sqrt(share) * people.length);
  const person = people[place];
  if (person === undefined) throw new RangeError('someone of an empty list');
  return person;
}
