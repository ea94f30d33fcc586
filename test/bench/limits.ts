/**
 * How good the detection can be at all on chats with labels, whether more labels would help, and what it gets wrong:
 *
 *   node test/bench/limits.ts SETDIR... [--draws N] [--read FILE]
 *
 * Prints tables in Markdown; docs/limits.md says what they mean. `--read` writes the worst mistakes with the chat around
 * them, for reading.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readSets } from '../../src/cli/eval/reading.ts';
import { defaultModel, findModel } from '../../src/domain/scoring/model.ts';
import { foldsByVideo } from '../../src/domain/tuning/crossvalidation.ts';
import { fitModel } from '../../src/domain/tuning/fitmodel.ts';
import { aimOf } from './limits/aims.ts';
import { learningCurve } from './limits/learning.ts';
import { mistakesOf, mistakeTables } from './limits/mistakes.ts';
import { type KeptOut, onAir, rankings } from './limits/oracles.ts';
import { reactions } from './limits/reaction.ts';
import { pageOfMistakes } from './limits/reading.ts';
import { type Scored, scoredBy } from './limits/scored.ts';

const { values, positionals } = parseArgs({
  options: { draws: { type: 'string', default: '6' }, read: { type: 'string' } },
  allowPositionals: true,
});
/** As `tune` has them. */
const folds = 5;
const latenessMs = 2000;
/** The model that the shipped one was made from. */
const base = findModel('f10-1') ?? defaultModel;
/** Mistakes of each kind and set that are written for reading. */
const mostRead = 15;

const say = (what: string): boolean => process.stderr.write(`${what}\n`);
const print = (title: string, text: string): boolean => process.stdout.write(`## ${title}\n${text}\n`);

say('reading');
const signal = new AbortController().signal;
const data = await readSets(positionals, { latenessMs, onVideo: () => undefined, signal });
const scored = foldsByVideo(data.videos, folds).flatMap(({ kept, learned }, fold) => {
  say(`videos kept out: ${fold + 1} of ${folds}`);
  return scoredBy({ model: fitModel(base, { videos: learned, decisions: [] }), videos: kept });
});
const sets = data.sets.map(
  ({ name }, place): KeptOut => ({
    name,
    aim: aimOf(name),
    videos: scored.filter(({ video }) => video.set === place),
  }),
);
const timesSec = ({ video }: Scored): readonly number[] => data.timesSec.get(video) ?? [];

say('bounds');
print('Rankings', sets.map((set) => rankings(set, base, defaultModel)).join('\n'));
print('On air', onAir(sets));
print('Reaction', reactions(sets, timesSec));
const mistakes = mistakesOf(sets, timesSec);
print('Mistakes of the ten best', mistakeTables(sets, mistakes));
if (values.read !== undefined) {
  await writeFile(values.read, await pageOfMistakes(data, [mistakes.vain, mistakes.misses], mostRead));
}
const draws = Number(values.draws);
if (draws > 0) {
  const names = data.sets.map(({ name }) => name);
  print('Learning curve', await learningCurve(base, data.videos, names, draws, say));
}
