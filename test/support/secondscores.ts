import { ByteReader, ByteWriter } from '../../src/domain/scoring/bytes.ts';
import type { ScoredEvent } from '../../src/domain/scoring/event.ts';
import { type FeatureName, type FeatureVector, featureNames } from '../../src/domain/scoring/features.ts';
import { defaultModel, type Model, weightsOf } from '../../src/domain/scoring/model.ts';
import { type ScoredSecond, Scorer } from '../../src/domain/scoring/scorer.ts';
import { chances } from './chatstream.ts';

/** What happens in a second of the broadcast. */
export type Happening = Partial<ScoredEvent> & { readonly second: number; readonly kind: ScoredEvent['kind'] };

interface Options {
  readonly seconds: number;
  readonly model?: Model;
  /** Whether the broadcast's start was reported. */
  readonly started?: boolean;
  /** Writes the scorer and reads it back before this second's events. */
  readonly restartAt?: number;
}

/** A closed second with its features. */
export interface MeasuredSecond extends ScoredSecond {
  readonly vector: FeatureVector;
}

/** The seconds that a scorer closes. Events of a second are added in the order of the list. */
export function closedSeconds(happenings: readonly Happening[], options: Options): MeasuredSecond[] {
  const weights = weightsOf(options.model ?? defaultModel);
  const bySecond = Map.groupBy(happenings, ({ second }) => second);
  let scorer = new Scorer(weights, 0, options.started);
  const nothing = { atMs: 0, id: 0, user: 0, text: '', flag: false, amount: 0 };
  return Array.from({ length: options.seconds }, (_, second) => {
    if (second === options.restartAt) {
      const out = new ByteWriter();
      scorer.write(out);
      scorer = Scorer.read(new ByteReader(out.finish()), weights);
    }
    for (const happening of bySecond.get(second) ?? []) scorer.add({ ...nothing, ...happening });
    const closed = scorer.close(7.5);
    return { ...closed, vector: scorer.vector.slice() };
  });
}

/** A feature's value in each second. */
export const valuesOf = (closed: readonly MeasuredSecond[], name: FeatureName): number[] =>
  closed.map(({ vector }) => vector[featureNames.indexOf(name)] ?? Number.NaN);

export const foundIn = (closed: readonly ScoredSecond[]): number[] =>
  closed.filter(({ found }) => found !== null).map(({ second }) => second);

const talk = 'the stream is about some map they played again and nobody knows why it was long today maybe'.split(' ');
const cheers = ['POG', 'wow', 'LUL', 'OMG', 'hahaha', 'WTF', 'insane', 'NICE', 'what??', 'LETS GO', 'gg'];
const emotes = ['POGGERS', 'LUL', 'KEKW', 'Kappa', 'PogChamp', 'OMEGALUL', 'monkaS', 'catJAM'];

export interface SecondPlan {
  readonly seconds: number;
  /** Messages in a second, about. */
  readonly rate: (second: number) => number;
  readonly emotesOnly?: (second: number) => boolean;
  readonly cheering?: (second: number) => boolean;
  readonly seed?: number;
}

/** Messages of different people, each with an id of its own from 1 on. */
export function chatBySecond(plan: SecondPlan): Happening[] {
  const chance = chances(plan.seed ?? 5);
  const pick = (list: readonly string[]): string => list[Math.floor(chance() * list.length)] ?? '';
  const some = (list: readonly string[], most: number): string =>
    Array.from({ length: 1 + Math.floor(chance() * most) }, () => pick(list)).join(' ');
  const happenings: Happening[] = [];
  for (let second = 0; second < plan.seconds; second += 1) {
    const count = Math.floor(plan.rate(second) * (0.4 + 1.2 * chance()) + chance());
    for (let i = 0; i < count; i += 1) {
      const isCheer = chance() < (plan.cheering?.(second) === true ? 0.6 : 0.04);
      const text = plan.emotesOnly?.(second) === true ? some(emotes, 3) : isCheer ? pick(cheers) : some(talk, 9);
      const user = 1 + Math.floor(chance() * 1e6);
      happenings.push({ second, kind: 'chat', id: happenings.length + 1, user, text });
    }
  }
  return happenings;
}
