import type { Command } from 'commander';
import { wantsDebug } from '../config/environment.ts';
import { CliptideError } from '../domain/errors.ts';
import type { DetectedHighlight } from '../domain/records.gen.ts';
import { type CommandContext, contextOf } from './context.ts';
import { counted } from './counted.ts';
import { type ExitCode, exit, exitCodeOf, worstOf } from './exit.ts';
import { describeFailure } from './failure.ts';
import { configuredModels, listed } from './node/scorers.ts';
import { ChatPlot } from './plot/chatplot.ts';
import { clockName } from './recording/cliprow.ts';
import { type ScoredFile, scoreFile } from './recording/scorefile.ts';
import { highlightLine, probabilityIn, rankedLines, summaryLine } from './recording/scorelines.ts';
import { startedAtMs } from './recording/startedat.ts';
import { table } from './table.ts';

interface ScoreOptions {
  readonly json?: boolean;
  readonly category?: string;
  readonly startedAt?: string;
  readonly plot?: string;
  readonly scorer?: string;
}

/** `cliptide score`: the highlights and the final ranking of chat files, without media. */
export function addScore(program: Command): void {
  program
    .command('score')
    .description('find the moments of chat exports')
    .argument('<chat...>', 'chat exports (plain or gzipped; the format is recognised)')
    .option('--json', 'print NDJSON: a line for each highlight, ranked candidate and file')
    .option('--category <name>', "the platform's name of what was shown")
    .option('--started-at <time>', 'when the broadcast began, for a chat without absolute times')
    .option('--plot <file>', 'draw the curve of one chat, with its threshold and highlights, into this SVG file')
    .option('--scorer <file>', 'score by this model, a JSON file')
    .action(async (paths: string[], options: ScoreOptions, command: Command) => {
      const context = contextOf(command, { overrides: { scorers: listed(options.scorer) } });
      if (options.plot === undefined) await score(paths, options, context);
      else await plotted(options.plot, paths, options, context);
    });
}

/** Scores one chat and draws it. */
async function plotted(
  file: string,
  [path = '', ...others]: readonly string[],
  options: ScoreOptions,
  context: CommandContext,
): Promise<void> {
  if (others.length > 0) {
    const hint = 'draw them one by one, each into a file of its own';
    throw new CliptideError('usage', `a plot shows one chat, and ${others.length + 1} are given`, {
      where: '--plot',
      hint,
    });
  }
  const plot = await ChatPlot.open(file, path);
  try {
    await score([path], options, context, plot);
  } finally {
    await plot.close();
  }
}

async function score(
  paths: readonly string[],
  options: ScoreOptions,
  context: CommandContext,
  plot?: ChatPlot,
): Promise<void> {
  const { signal, terminal, config, log } = context;
  const started = startedAtMs(options.startedAt);
  const models = await configuredModels(config);
  const codes: ExitCode[] = [];
  for (const path of paths) {
    const onRead = (records: number): void => terminal.progress([`${path}: ${counted(records, 'record')}`]);
    const probabilities: (number | null)[] = [];
    const onHighlight = async (highlight: DetectedHighlight, zeroAtMs: number): Promise<void> => {
      const probability = probabilityIn(highlight, models);
      probabilities.push(probability);
      if (options.json) await context.output.write(highlightLine(highlight, zeroAtMs, probability));
    };
    const category = options.category ?? '';
    try {
      const fields = { path, category, startedAtMs: started, models, config, logger: log, signal };
      const file = await scoreFile({ ...fields, onRead, onHighlight, watch: plot?.watch });
      terminal.end();
      for (const block of file.unused) terminal.line(block);
      const drawn = await plot?.draw(file.ranking);
      if (drawn !== undefined) terminal.line(`drawn: ${drawn}`);
      await print(path, file, options, context, expected(probabilities));
    } catch (error) {
      terminal.end();
      signal.throwIfAborted();
      if (paths.length === 1) throw error;
      codes.push(exitCodeOf(error));
      process.stderr.write(describeFailure(error, wantsDebug()));
    }
  }
  if (codes.length > 0) process.exitCode = worstOf([exit.done, ...codes]);
}

/** What share of the highlights people are expected to call so, in words. */
function expected(probabilities: readonly (number | null)[]): string {
  const known = probabilities.filter((probability) => probability !== null);
  if (known.length === 0) return '';
  const share = known.reduce((total, probability) => total + probability, 0) / known.length;
  return `, of which people would call about ${Math.round(100 * share)} % so`;
}

async function print(
  path: string,
  file: ScoredFile,
  options: ScoreOptions,
  context: CommandContext,
  expectation: string,
): Promise<void> {
  const { highlights, ranking, zeroAtMs, format } = file;
  if (options.json) {
    for (const line of rankedLines(ranking, zeroAtMs)) await context.output.write(line);
    await context.output.write(summaryLine(ranking, format, zeroAtMs));
    return;
  }
  const columns = [
    { title: 'rank', align: 'right' },
    { title: 'starts' },
    { title: 'peak' },
    { title: 'score', align: 'right' },
    { title: 'on air' },
    { title: 'said' },
  ] as const;
  const at = (ms: number): string => clockName((ms - zeroAtMs) / 1_000).replaceAll('.', ':');
  const rows = ranking.candidates.map((candidate) => [
    String(candidate.rank),
    at(candidate.startMs),
    at(candidate.peakMs),
    candidate.score.toFixed(2),
    candidate.emitted ? 'yes' : '',
    candidate.terms.map((term) => term.text).join(' '),
  ]);
  const { read, processed, late, duplicate, deadLettered, ignored } = ranking.fates;
  process.stdout.write(`${path} (${format})\n${table(columns, rows)}`);
  process.stdout.write(
    `${counted(read, 'record')}: ${processed} processed, ${late} late, ${duplicate} duplicate, ${deadLettered} damaged, ${ignored} ignored; ${counted(highlights, 'highlight')} on air${expectation}\n`,
  );
}
