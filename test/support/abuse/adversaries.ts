import { type Body, chances, said } from '../chatstream.ts';
import { type Chance, cheers, type Happening, pick, poissonTimes, reaction } from '../madebroadcast.ts';

/** When an attack begins, and the seed of its chances. */
export interface Attack {
  readonly atSec: number;
  readonly seed: number;
}

/** Something that people do to a chat, or that happens in one, and that is no moment (`copied reaction` is one). */
export interface Adversary {
  readonly name: string;
  readonly what: string;
  /** How long it lasts. */
  readonly lengthSec: number;
  readonly happenings: (attack: Attack) => Happening[];
}

const spam = 'OMG LETS GO skins4u.test';
const letters = 'abcdefghijklmnopqrstuvwxyz';
const noise = (chance: Chance, length: number): string =>
  Array.from({ length }, () => letters.charAt(Math.floor(chance() * letters.length))).join('');

/** Messages of a Poisson process; `write` makes the nth one. */
function flood(
  lengthSec: number,
  perSecond: number,
  write: (n: number, chance: Chance) => Body,
): Pick<Adversary, 'lengthSec' | 'happenings'> {
  return {
    lengthSec,
    happenings: ({ atSec, seed }) => {
      const chance = chances(seed);
      return poissonTimes(atSec, atSec + lengthSec, perSecond, chance).map((second, n) => {
        return { second, body: write(n, chance) };
      });
    },
  };
}

const raidOf =
  (viewers: number, names: string) =>
  (attack: Attack): Happening[] => [
    { second: attack.atSec, body: { kind: 'raid', raid: { fromChannel: 'x', viewers } } },
    ...poissonTimes(attack.atSec, attack.atSec + 40, 4, chances(attack.seed)).map((second, n) => {
      return { second, body: said(`${names}${n}`, `${pick(cheers, chances(attack.seed + n))} RAID`) };
    }),
  ];
const botReply = (n: number): string => `@viewer${n} you have joined, good luck! ${n} people are in`;

export const adversaries: readonly Adversary[] = [
  {
    name: 'pushed reaction',
    what: '20 accounts, a message each every 3 s for a minute: one word that is a reaction',
    ...flood(60, 20 / 3, (n) => said(`push${n % 20}`, 'POGGERS')),
  },
  {
    name: 'pushed word',
    what: '20 accounts, a message each every 3 s for a minute: one word that says nothing',
    ...flood(60, 20 / 3, (n) => said(`push${n % 20}`, 'buymerch')),
  },
  {
    name: 'one account',
    what: 'one account, 6 reactions a second for a minute',
    ...flood(60, 6, (_, chance) => said('flooder', pick(cheers, chance))),
  },
  {
    name: 'copied spam',
    what: '6 copies of one advertisement a second for 20 s, each from an account of its own',
    ...flood(20, 6, (n) => said(`spam${n}`, spam)),
  },
  {
    name: 'copied spam, noise behind',
    what: 'the same with random letters behind each copy',
    ...flood(20, 6, (n, chance) => said(`spam${n}`, `${spam} ${noise(chance, 6)}`)),
  },
  {
    name: 'copied spam, noise in front',
    what: 'the same with random letters in front of each copy',
    ...flood(20, 6, (n, chance) => said(`spam${n}`, `${noise(chance, 6)} ${spam}`)),
  },
  {
    name: 'copied spam, mention in front',
    what: 'the same with a mention of somebody else in front of each copy',
    ...flood(20, 6, (n) => said(`spam${n}`, `@viewer${n} ${spam}`)),
  },
  {
    name: 'copied spam, a letter doctored',
    what: 'the same with an invisible or combining character at a random place of each copy',
    ...flood(20, 6, (n, chance) => {
      const at = Math.floor(chance() * 20);
      const mark = pick(['\u200b', '\u0336', '\u034f', '\u00ad', '\ufe0f'], chance);
      return said(`spam${n}`, spam.slice(0, at) + mark + spam.slice(at));
    }),
  },
  {
    name: 'hate raid',
    what: 'follow-bots without a raid that anybody reports: 8 accounts a second for 15 s, each its own letters and a copied text',
    ...flood(15, 8, (n, chance) => said(`hoss${n}`, `${noise(chance, 4)} OMG WOW famous.test ${noise(chance, 5)}`)),
  },
  {
    name: 'links',
    what: '5 links a second for 20 s, from accounts of their own, each to another page',
    ...flood(20, 5, (n, chance) => said(`link${n}`, `https://example.test/${noise(chance, 8)}`)),
  },
  {
    name: '!join',
    what: '8 times !join a second for 30 s, from accounts of their own, and a bot that answers each',
    ...flood(30, 16, (n) => (n % 2 === 0 ? said(`u${n}`, '!join') : said('streambot', botReply(n), ['bot']))),
  },
  {
    name: '!join, nameless bot',
    what: 'the same, and nobody says that the account which answers is a bot',
    ...flood(30, 16, (n) => (n % 2 === 0 ? said(`u${n}`, '!join') : said('helper', botReply(n)))),
  },
  {
    name: 'giveaway by word',
    what: 'a giveaway that is joined by a word without "!": 5 people a second for 30 s',
    ...flood(30, 5, (n) => said(`u${n}`, 'ticket')),
  },
  {
    name: 'numbers',
    what: 'a vote by digit: 5 people a second for 30 s write 1 or 2',
    ...flood(30, 5, (n, chance) => said(`u${n}`, chance() < 0.6 ? '1' : '2')),
  },
  {
    name: 'raid',
    what: 'a raid of 300 whose viewers cheer 4 times a second for 40 s',
    lengthSec: 40,
    happenings: raidOf(300, 'raider'),
  },
  {
    name: 'three raids',
    what: 'three such raids, a minute apart',
    lengthSec: 160,
    happenings: ({ atSec, seed }) =>
      [0, 60, 120].flatMap((after) => raidOf(300, `r${after}-`)({ atSec: atSec + after, seed: seed + after })),
  },
  {
    name: 'slow ramp',
    what: 'talk of other people that grows from nothing to 6 messages a second within 5 minutes',
    lengthSec: 300,
    happenings: ({ atSec, seed }) => {
      const chance = chances(seed);
      const times = poissonTimes(atSec, atSec + 300, 6, chance);
      return times
        .filter((second) => chance() < (second - atSec) / 300)
        .map((second, n) => ({ second, body: said(`late${n % 700}`, `just came here ${noise(chance, 4)} hello`) }));
    },
  },
  {
    name: 'shouting',
    what: 'capitals that are no reaction: 5 people a second for 20 s',
    ...flood(20, 5, (n, chance) => said(`loud${n}`, `${noise(chance, 5)} ${noise(chance, 6)} VOTE NOW`.toUpperCase())),
  },
];

/** The real moments beside which the attacks are held. */
export const realMoment =
  (people: number) =>
  ({ atSec, seed }: Attack): Happening[] =>
    reaction({ atSec, people, seed });

const copypasta = 'HE DID IT AGAIN LADIES AND GENTLEMEN WHAT A PLAY';

/** A moment that chat greets with a copied text: half of those who react paste it, the others react as usual. */
export const copiedReaction =
  (people: number, share: number) =>
  ({ atSec, seed }: Attack): Happening[] => {
    const chance = chances(seed + 1);
    return reaction({ atSec, people, seed }).map((one) =>
      chance() < share ? { ...one, body: said(one.body.chat?.userId ?? '', copypasta) } : one,
    );
  };
