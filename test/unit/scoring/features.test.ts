import { describe, expect, it } from 'vitest';
import { defaultModel, type Model, weightsOf } from '../../../src/domain/scoring/model.ts';
import { Scorer } from '../../../src/domain/scoring/scorer.ts';
import { chances } from '../../support/chatstream.ts';
import { type SlowMessage, slowFeatures } from '../../support/slowscorer.ts';

const seconds = 200;
const words = [
  'wow',
  'LOL',
  'the',
  'map',
  'POGGERS',
  'no',
  'RIP',
  'clip',
  'damn',
  'xd',
  'hehe',
  'again',
  'goood',
  'why',
];

function randomChat(seed: number): SlowMessage[] {
  const chance = chances(seed);
  const messages: SlowMessage[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const count = Math.floor(chance() * (second % 70 > 60 ? 6 : 2));
    for (let i = 0; i < count; i += 1) {
      const length = 1 + Math.floor(chance() * 5);
      messages.push({
        second,
        text: Array.from({ length }, () => words[Math.floor(chance() * words.length)]).join(' '),
      });
    }
  }
  return messages;
}

/** A model whose score is one feature. */
const only = (name: string): Model => ({
  ...defaultModel,
  intercept: 0,
  clip: 1e9,
  features: [{ name, mean: 0, scale: 1, weight: 1 }],
});

/** Score of each second from `from` on; all messages are of different users, so that none is left out. */
function scores(messages: readonly SlowMessage[], model: Model, from = 0): number[] {
  const scorer = new Scorer(weightsOf(model), from);
  const found: number[] = [];
  const add = (message: SlowMessage, i: number): void =>
    scorer.add({ atMs: 0, id: i, kind: 'chat', user: i + 1, text: message.text, flag: false, amount: 0 });
  for (let second = 0; second < seconds; second += 1) {
    messages.forEach((message, i) => {
      if (message.second === second) add(message, i);
    });
    found.push(scorer.close(7.5).score);
  }
  return found;
}

const names = defaultModel.features.map((feature) => feature.name).slice(0, 10);
const withoutCopies = (list: readonly SlowMessage[]): SlowMessage[] => {
  const known = new Map<string, number>();
  return list.filter(({ text }) => {
    const times = (known.get(text) ?? 0) + 1;
    known.set(text, times);
    return times <= 2 || text.split(' ').length < 3;
  });
};

describe('the features of a second', () => {
  const chat = withoutCopies(randomChat(3));
  const slow = slowFeatures(chat, seconds);

  it.each(names)('%s is what the study defines, in every second', (name) => {
    scores(chat, only(name)).forEach((value, t) => {
      expect(Math.abs(value - (slow[t]?.[name] ?? Number.NaN)), `second ${t}`).toBeLessThan(1e-5);
    });
  });

  it('do not depend on when the broadcast was', () => {
    expect(scores(chat, defaultModel, 100_000)).toEqual(scores(chat, defaultModel));
  });

  it('are no different for other names of the users', () => {
    const renamed = new Scorer(weightsOf(defaultModel), 0);
    const named = new Scorer(weightsOf(defaultModel), 0);
    for (const [i, { second, text }] of chat.entries()) {
      while (named.second < second) expect(named.close(7.5)).toEqual(renamed.close(7.5));
      const event = { atMs: 0, id: i, kind: 'chat' as const, text, flag: false, amount: 0 };
      named.add({ ...event, user: 1 + (i % 20) });
      renamed.add({ ...event, user: 9000 - (i % 20) });
    }
  });
});

describe('signals beside chat', () => {
  const event = { atMs: 0, id: 1, user: 0, text: '', flag: false, amount: 0 };
  const scoresWith = (given: Parameters<Scorer['add']>[0] | null, model: Model): number[] => {
    const scorer = new Scorer(weightsOf(model), 0);
    return Array.from({ length: 120 }, (_, second) => {
      if (second === 80 && given !== null) scorer.add(given);
      return scorer.close(7.5).score;
    });
  };

  it('a missing one changes nothing', () => {
    for (const name of ['raid', 'support', 'viewers', 'markers']) {
      expect(new Set(scoresWith(null, only(name)))).toEqual(new Set([0]));
    }
  });

  it.each([
    ['raid', { ...event, kind: 'raid' as const, amount: 1e9 }],
    ['support', { ...event, kind: 'support' as const, amount: 1e9 }],
    ['viewers', { ...event, kind: 'viewers' as const, amount: 1e9 }],
    ['markers', { ...event, kind: 'marker' as const, flag: true }],
  ])('%s is bounded, however large the report is', (name, given) => {
    const values = scoresWith(given, only(name));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(4);
  });

  it('a marker of a trusted person is a highlight by itself, one of anybody is not', () => {
    const found = (flag: boolean): boolean => {
      const scorer = new Scorer(weightsOf(defaultModel), 0);
      return Array.from({ length: 120 }, (_, second) => {
        if (second === 80) scorer.add({ ...event, kind: 'marker', flag });
        return scorer.close(7.5).found !== null;
      }).includes(true);
    };
    expect([found(true), found(false)]).toEqual([true, false]);
  });
});
