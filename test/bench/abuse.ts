/**
 * Measures what abuse makes of the scorer, beside moments of known size, and writes the tables of docs/abuse.md:
 *
 *   node test/bench/abuse.ts [--broadcasts N] [--data DIR]
 *
 * The table of real chats stays as it is where the chat sets are not there.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSection } from '../../scripts/sections.ts';
import type { Adversary } from '../support/abuse/adversary.ts';
import { copies, freshCopies } from '../support/abuse/copies.ts';
import { crowds, staged } from '../support/abuse/crowds.ts';
import { moment, momentSec } from '../support/abuse/moments.ts';
import { type Trials, trialsOf } from '../support/abuse/trial.ts';
import { chatSets } from '../support/chatset.ts';
import { realChats } from './realchatabuse.ts';

const { values } = parseArgs({ options: { broadcasts: { type: 'string' }, data: { type: 'string' } } });
const broadcasts = Number(values.broadcasts ?? 20);
const seeds = Array.from({ length: broadcasts }, (_, i) => 1_000 + 31 * i);
const page = new URL('../../docs/abuse.md', import.meta.url);

const momentOf = (people: number, copied = 0): Trials => trialsOf(seeds, momentSec, moment(people, copied));
const yardstick = [3, 5, 7, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160].map((people) => ({
  people,
  margin: momentOf(people).margin,
}));

/** How many people's reaction scores as high, between two sizes in proportion. */
function likePeople(margin: number): string {
  const above = yardstick.findIndex((step) => step.margin >= margin);
  const [low, high] = [yardstick[above - 1], yardstick[above]];
  if (above === 0) return `fewer than ${high?.people ?? 0}`;
  if (low === undefined || high === undefined) return `more than ${yardstick.at(-1)?.people ?? 0}`;
  const share = (margin - low.margin) / (high.margin - low.margin);
  return String(Math.round(low.people + share * (high.people - low.people)));
}

const row = (name: string, what: string, { found, margin, others }: Trials): string =>
  `| ${name} | ${what} | ${found} | ${margin.toFixed(2)} | ${likePeople(margin)} | ${3 * broadcasts - others} |`;
const head = [`| | What happens | Highlights | Margin | As of people | Others lost |`, '|---|---|---|---|---|---|'];
const table = (list: readonly Adversary[]): string =>
  [...head, ...list.map((one) => row(one.name, one.what, trialsOf(seeds, one.lengthSec, one.happenings)))].join('\n');

const moments = [10, 15, 20, 30, 40, 80].map((people) => row('moment', `${people} people react`, momentOf(people)));
const greeted = [25, 50, 75, 100].map((percent) =>
  row('copied reaction', `30 people react, ${percent}% of the messages a copied text`, momentOf(30, percent / 100)),
);

function realTable(data: string): string {
  const { count, attack } = realChats(data);
  const real = (name: string, one: Pick<Adversary, 'lengthSec' | 'happenings'>): string => {
    const { without, found, change } = attack(one);
    return `| ${name} | ${without} | ${found} | ${change.toFixed(2)} |`;
  };
  const sizes = [10, 20, 40, 80];
  return [
    `| | Of ${count} chats without it | with it | Margin changes by |`,
    '|---|---|---|---|',
    ...[...copies, ...crowds, ...freshCopies, ...staged].map((one) => real(one.name, one)),
    ...sizes.map((people) => real(`moment of ${people} people`, { lengthSec: momentSec, happenings: moment(people) })),
  ].join('\n');
}

let text = readFileSync(page, 'utf8');
text = withSection(text, 'harmless', table([...copies, ...crowds]));
text = withSection(text, 'fooled', table([...freshCopies, ...staged]));
text = withSection(text, 'moments', [...head, ...moments, ...greeted].join('\n'));
const data = values.data ?? chatSets;
if (existsSync(data)) text = withSection(text, 'real', realTable(data));
writeFileSync(page, text);
