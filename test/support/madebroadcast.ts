import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { type Body, chances, ended, liveEvent, said, started } from './chatstream.ts';

/** What happens `second` seconds after a broadcast's zero. */
export interface Happening {
  readonly second: number;
  readonly body: Body;
}

export type Chance = () => number;

export const pick = <T>(list: readonly [T, ...T[]], chance: Chance): T =>
  list[Math.floor(chance() * list.length)] ?? list[0];

/** Times of a Poisson process of `perSecond` from one second to another. */
export function poissonTimes(fromSec: number, toSec: number, perSecond: number, chance: Chance): number[] {
  const times: number[] = [];
  for (let at = fromSec; ; ) {
    at -= Math.log(1 - chance()) / perSecond;
    if (at >= toSec) return times;
    times.push(at);
  }
}

const syllables = ['ba', 'cor', 'di', 'fen', 'gu', 'lim', 'mo', 'nar', 'pe', 'ris', 'su', 'tol', 'vi', 'zan'] as const;
export const cheers = [
  ...(['POG', 'wow', 'LUL', 'OMG', 'hahaha', 'WTF', 'insane', 'NICE', 'what??', 'LETS GO', 'gg'] as const),
] as const;

/** A word of a made language: the first of its `size` words are said far more often than the last. */
function word(size: number, chance: Chance): string {
  const rank = Math.floor(chance() ** 3 * size);
  const last = syllables.length;
  const of = (n: number): string => syllables[n % last] ?? '';
  return of(rank) + of(Math.floor(rank / last) * 5 + rank) + (rank < last ? '' : of(rank * 3 + 1));
}

/** A sentence of one to ten words. */
export const sentence = (chance: Chance, vocabulary = 600): string =>
  Array.from({ length: 1 + Math.floor(chance() * 10) }, () => word(vocabulary, chance)).join(' ');

/** Ordinary talk at an even rate; one message in 25 is a reaction without a reason. */
export function chatter(plan: {
  readonly fromSec?: number;
  readonly toSec: number;
  readonly perSecond: number;
  /** Of how many people; the first write far more often than the last. */
  readonly people: number;
  readonly seed: number;
  /** What the names of these people begin with. */
  readonly names?: string;
}): Happening[] {
  const chance = chances(plan.seed);
  return poissonTimes(plan.fromSec ?? 0, plan.toSec, plan.perSecond, chance).map((second) => {
    const user = `${plan.names ?? 'u'}${Math.floor(chance() ** 2 * plan.people)}`;
    return { second, body: said(user, chance() < 0.04 ? pick(cheers, chance) : sentence(chance)) };
  });
}

/** A moment: `people` react within about ten seconds, the most of them at once, one in four of them a second time. */
export function reaction(plan: {
  readonly atSec: number;
  readonly people: number;
  readonly seed: number;
  readonly names?: string;
}): Happening[] {
  const chance = chances(plan.seed);
  const react = (i: number): Happening => {
    const second = plan.atSec + 2 + Math.min(12, -4 * Math.log(1 - chance()));
    return { second, body: said(`${plan.names ?? 'r'}${i}`, pick(cheers, chance)) };
  };
  return Array.from({ length: plan.people }, (_, i) => (chance() < 0.25 ? [react(i), react(i)] : [react(i)])).flat();
}

/** The events of what happens, in the order of time, from the broadcast's start to its end. */
export function broadcastOf(happenings: readonly Happening[], seconds: number): LiveEvent[] {
  const inOrder = [...happenings].sort((a, b) => a.second - b.second);
  const events = inOrder.map(({ second, body }, i) => liveEvent(`h${i}`, second, body));
  return [liveEvent('start', 0, started), ...events, liveEvent('end', seconds, ended())];
}
