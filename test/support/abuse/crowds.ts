import { type Body, chances, said } from '../chatstream.ts';
import { cheers, type Happening, pick, poissonTimes } from '../madebroadcast.ts';
import { type Adversary, type Attack, flood, noise, ramp } from './adversary.ts';

/** Viewers who arrive together and cheer 4 times a second for 40 s. */
function arrivals(names: string, { atSec, seed }: Attack): Happening[] {
  const chance = chances(seed);
  const times = poissonTimes(atSec, atSec + 40, 4, chance);
  return times.map((second, n) => ({ second, body: said(`${names}${n}`, pick(cheers, chance)) }));
}
const raid = (atSec: number): Happening => ({
  second: atSec,
  body: { kind: 'raid', raid: { fromChannel: 'x', viewers: 300 } },
});

const join = (n: number, bot: (text: string) => Body): Body =>
  n % 2 === 0 ? said(`u${n}`, '!join') : bot(`@viewer${n} you have joined, good luck! ${n} people are in`);

/** What many or loud people do without a moment. */
export const crowds: readonly Adversary[] = [
  {
    name: 'one account',
    what: 'one account, 6 reactions a second for a minute',
    accounts: 1,
    ...flood(60, 6, (_, chance) => said('flooder', pick(cheers, chance))),
  },
  {
    name: 'pushed word',
    what: '20 accounts, each a message every 3 s for a minute: a word that is no reaction',
    accounts: 20,
    ...flood(60, 20 / 3, (n) => said(`push${n % 20}`, 'buymerch')),
  },
  {
    name: '!join',
    what: '8 times !join a second for 30 s, each of another account, and a bot that answers',
    accounts: 240,
    ...flood(30, 16, (n) => join(n, (text) => said('streambot', text, ['bot']))),
  },
  {
    name: '!join, unknown bot',
    what: 'the same, and nothing says that the account which answers is a bot',
    accounts: 240,
    ...flood(30, 16, (n) => join(n, (text) => said('streambot', text))),
  },
  {
    name: 'bets by command',
    what: '5 people a second for 20 s, each another account, bet by a command with a word that is a reaction',
    accounts: 100,
    ...flood(20, 5, (n, chance) => said(`u${n}`, `!bet ${pick(cheers, chance)}`)),
  },
  {
    name: 'giveaway by word',
    what: 'a giveaway that is joined by a word without "!": 5 people a second for 30 s',
    accounts: 150,
    ...flood(30, 5, (n) => said(`u${n}`, 'ticket')),
  },
  {
    name: 'vote by digit',
    what: '5 people a second for 30 s write 1 or 2',
    accounts: 150,
    ...flood(30, 5, (n, chance) => said(`u${n}`, chance() < 0.6 ? '1' : '2')),
  },
  {
    name: 'links',
    what: '5 links a second for 20 s, each of another account and to another page',
    accounts: 100,
    ...flood(20, 5, (n, chance) => said(`link${n}`, `https://example.test/${noise(chance, 8)}`)),
  },
  {
    name: 'capitals',
    what: 'capitals that are no reaction, 5 people a second for 20 s',
    accounts: 100,
    ...flood(20, 5, (n, chance) => said(`loud${n}`, `${noise(chance, 5)} ${noise(chance, 6)} VOTE`.toUpperCase())),
  },
  {
    name: 'raid',
    what: 'a raid of 300 whose viewers cheer 4 times a second for 40 s',
    lengthSec: 40,
    accounts: 160,
    happenings: (attack) => [raid(attack.atSec), ...arrivals('raider', attack)],
  },
  {
    name: 'three raids',
    what: 'three such raids, a minute apart',
    lengthSec: 160,
    accounts: 480,
    happenings: ({ atSec, seed }) =>
      [0, 60, 120].flatMap((after) => [
        raid(atSec + after),
        ...arrivals(`raid${after}-`, { atSec: atSec + after, seed: seed + after }),
      ]),
  },
  {
    name: 'slow ramp',
    what: 'talk of other people that grows from nothing to 6 messages a second within 5 minutes',
    accounts: 900,
    ...ramp(300, 6, (n, chance) => said(`late${n}`, `just came ${noise(chance, 4)} from ${noise(chance, 5)}`)),
  },
  {
    name: 'clip commands',
    what: '4 people a second for 20 s, none of them trusted, use the command for a clip',
    accounts: 80,
    ...flood(20, 4, (n) => ({ kind: 'marker', marker: { userId: `u${n}`, note: '', trusted: false } })),
  },
  {
    name: 'bought viewers',
    what: 'the viewer count is ten times as high from one report to the next',
    lengthSec: 60,
    accounts: 0,
    happenings: ({ atSec }) =>
      [-60, -30, 0, 30].map((after) => ({
        second: atSec + after,
        body: { kind: 'viewers', viewers: { count: after < 0 ? 400 : 4_000 } },
      })),
  },
];

/** Reactions without a moment: nothing tells them from one of as many people. */
export const staged: readonly Adversary[] = [
  {
    name: 'pushed reaction',
    what: '20 accounts, each a message every 3 s for a minute: a word that is a reaction',
    accounts: 20,
    ...flood(60, 20 / 3, (n) => said(`push${n % 20}`, 'POGGERS')),
  },
  {
    name: 'raid unreported',
    what: 'the raid above, without the report that it is one',
    lengthSec: 40,
    accounts: 160,
    happenings: (attack) => arrivals('raider', attack),
  },
  {
    name: 'slow reactions',
    what: 'reactions that grow from none to 2 a second within 5 minutes, each of another account',
    accounts: 300,
    ...ramp(300, 2, (n, chance) => said(`fan${n}`, pick(cheers, chance))),
  },
];
