import { said } from '../chatstream.ts';
import { type Chance, pick } from '../madebroadcast.ts';
import { type Adversary, flood, noise } from './adversary.ts';

/** An advertisement that begins like a reaction. */
const spam = 'OMG LETS GO skins4u.test';
const unseen = ['\u200b', '\u0336', '\u034f', '\u00ad', '\u2060'] as const;
const alike = new Map([...'OEGSksu'].map((letter, i) => [letter, 'ОЕԌЅкѕυ'.charAt(i)]));

/** 6 copies a second for 20 s, each from an account of its own, and each changed by `change`. */
const copied = (name: string, what: string, change: (n: number, chance: Chance) => string): Adversary => ({
  name,
  what,
  accounts: 120,
  ...flood(20, 6, (n, chance) => said(`spam${n}`, change(n, chance))),
});

/** At a random place of the text. */
const within = (chance: Chance, mark: string): string => {
  const at = Math.floor(chance() * spam.length);
  return spam.slice(0, at) + mark + spam.slice(at);
};

/** Waves of a copied text that are no highlight. */
export const copies: readonly Adversary[] = [
  copied('copied spam', '6 copies a second for 20 s of an advertisement that begins like a reaction', () => spam),
  copied('noise behind', 'the same, random letters behind each copy', (_, chance) => `${spam} ${noise(chance, 6)}`),
  copied('noise in front', 'the same, random letters in front', (_, chance) => `${noise(chance, 6)} ${spam}`),
  copied('mention in front', 'the same, a mention of somebody else in front', (n) => `@viewer${n} ${spam}`),
  copied('unseen letters', 'the same, an invisible or combining character somewhere within', (_, chance) =>
    within(chance, pick(unseen, chance)),
  ),
  {
    name: 'hate raid',
    what: 'a raid that nobody reports: 8 accounts a second for 15 s, random letters before and behind a copied text',
    accounts: 120,
    ...flood(15, 8, (n, chance) => said(`hoss${n}`, `${noise(chance, 4)} OMG WOW famous.test ${noise(chance, 5)}`)),
  },
];

/** Waves of a text that is not known as copied: they look like a moment of as many people. */
export const freshCopies: readonly Adversary[] = [
  copied('words shuffled', 'the same advertisement, its words in another order each time', (_, chance) => {
    const words = spam.split(' ');
    return words
      .map((word) => ({ word, place: chance() }))
      .sort((a, b) => a.place - b.place)
      .map(({ word }) => word)
      .join(' ');
  }),
  copied('letters alike', 'the same, each letter by chance one of another alphabet that looks alike', (_, chance) =>
    [...spam].map((letter) => (chance() < 0.4 ? (alike.get(letter) ?? letter) : letter)).join(''),
  ),
  copied('short copies', 'the same accounts, two words that are a reaction', () => 'OMG POG'),
];
