import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSets } from '../../src/cli/eval/reading.ts';
import { evaluateSets, type SetResult } from '../../src/cli/eval/run.ts';
import { defaultModel } from '../../src/domain/scoring/model.ts';
import { chatSets } from '../support/chatset.ts';

export const qualityFile = new URL('QUALITY.md', import.meta.url);

const names = ['P@5', 'P@10', 'R@10', 'R@20', 'onlinePrecision', 'onlineRecall'] as const;

/** A figure of a set, with its standard error. */
export interface QualityFigure {
  readonly set: string;
  readonly category: string;
  readonly figure: string;
  readonly value: number;
  readonly error: number;
}

/** A normal distribution's 95 % interval is so many standard errors wide. */
const widthInErrors = 3.92;

function figuresOf({ set, categoryKnown, figures, intervals }: SetResult): QualityFigure[] {
  return names.map((figure) => {
    const [low, high] = intervals[figure] ?? [0, 0];
    const error = (high - low) / widthInErrors;
    return { set, category: categoryKnown ? 'known' : 'unknown', figure, value: figures[figure], error };
  });
}

/** What `cliptide eval` says of the model that ships, on the sets beside the project; null where they are not there. */
export async function measuredQuality(): Promise<readonly QualityFigure[] | null> {
  if (!existsSync(chatSets)) return null;
  const folders = readdirSync(chatSets, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = folders.map(({ name }) => join(chatSets, name)).sort();
  const signal = new AbortController().signal;
  const sets = await readSets(paths, { latenessMs: 2000, onVideo: () => undefined, signal });
  const task = {
    model: defaultModel,
    sets,
    perHour: 7.5,
    latenessSec: 2,
    atRate: null,
    onStep: () => undefined,
    signal,
  };
  return (await evaluateSets(task)).flatMap(figuresOf);
}

const intro = `# Quality
What \`cliptide eval\` says of the model that ships (${defaultModel.version}) on the development sets, which it was made from,
with the default wish; \`npm run bench -- quality\` measures it again and fails where a figure is lower by more than its
standard error (bootstrap over videos). \`node test/bench/quality.ts\` writes this file. Figures of videos that were kept out
of the making are in the README, by \`cliptide tune\`.
`;

export function qualityText(figures: readonly QualityFigure[]): string {
  const rows = figures.map(
    ({ set, category, figure, value, error }) =>
      `| ${set} | ${category} | ${figure} | ${value.toFixed(3)} | ${error.toFixed(3)} |`,
  );
  return `${intro}\n| set | category | figure | value | standard error |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** The figures of the file. */
export function keptQuality(): readonly QualityFigure[] {
  const lines = readFileSync(qualityFile, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, set = '', category = '', figure = '', value, error] = line.split('|').map((cell) => cell.trim());
    if (value === undefined || error === undefined || Number.isNaN(Number(value)) || value === '') return [];
    return [{ set, category, figure, value: Number(value), error: Number(error) }];
  });
}
