import { describe, expect, it } from 'vitest';
import type { Adversary } from '../support/abuse/adversary.ts';
import { copies, freshCopies } from '../support/abuse/copies.ts';
import { crowds, staged } from '../support/abuse/crowds.ts';
import { moment, momentSec } from '../support/abuse/moments.ts';
import { type Trials, trialsOf } from '../support/abuse/trial.ts';

const seeds = [1, 2, 3, 4, 5];
const sized = (people: number, copiedShare = 0): Trials => trialsOf(seeds, momentSec, moment(people, copiedShare));
const attacked = ({ lengthSec, happenings }: Adversary): Trials => trialsOf(seeds, lengthSec, happenings);
const byName = (list: readonly Adversary[]) =>
  list.map((adversary): [string, Adversary] => [adversary.name, adversary]);
/** All moments but the one in the place of the attack. */
const allOthers = 3 * seeds.length;

describe('beside which attacks are held', () => {
  it('a moment of thirty people is found in every broadcast, and nothing where nothing happens', () => {
    expect(sized(30)).toMatchObject({ found: seeds.length, others: allOthers });
    expect(trialsOf(seeds, momentSec, () => [])).toMatchObject({ found: 0, others: allOthers });
  });

  it('a moment scores the higher the more people react', () => {
    const margins = [5, 10, 20, 40, 80].map((people) => sized(people).margin);
    expect(margins).toEqual([...margins].sort((a, b) => a - b));
  });
});

describe('what is no moment', () => {
  const ofTen = sized(10).margin;

  it.each(byName([...copies, ...crowds]))(
    '%s: no highlight, and a score below that of a moment of ten people',
    (_, one) => {
      const trials = attacked(one);
      expect(trials.found).toBe(0);
      expect(trials.margin).toBeLessThan(ofTen);
      expect(trials.others).toBeGreaterThanOrEqual(allOthers - 1);
    },
  );
});

describe('what cannot be told from a moment', () => {
  it.each(byName([...freshCopies, ...staged]))('%s: at most as a moment of half as many people again', (_, one) => {
    const trials = attacked(one);
    expect(trials.margin).toBeLessThan(sized(1.5 * one.accounts).margin);
    expect(trials.others).toBeGreaterThanOrEqual(allOthers - 2);
  });
});

describe('a copied text that is a real reaction', () => {
  it('leaves the moment, as long as others react in words of their own', () => {
    expect(sized(30, 0.25).found).toBe(seeds.length);
    expect(sized(40, 0.5).found).toBe(seeds.length);
  });

  it('is worth two messages: a moment of nothing else is missed', () => {
    expect(sized(30, 1)).toMatchObject({ found: 0 });
    expect(sized(30, 1).margin).toBeLessThan(sized(10).margin);
  });
});
