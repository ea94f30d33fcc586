import { type Command, InvalidArgumentError } from 'commander';
import { wantsDebug } from '../config/environment.ts';
import { defaultModel } from '../domain/scoring/model.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { type CommandContext, contextOf } from './context.ts';
import { mustBeWritable, save } from './eval/outputfile.ts';
import { evalPage } from './eval/page.ts';
import { readSets } from './eval/reading.ts';
import { evalLines, evalReport, flattery } from './eval/report.ts';
import { evaluateSets } from './eval/run.ts';
import { worstMoments } from './eval/worst.ts';
import { type ExitCode, exitCodeOf, worstOf } from './exit.ts';
import { describeFailure } from './failure.ts';

interface EvalOptions {
  readonly json?: true;
  readonly html?: string;
  readonly scorer?: string;
  readonly perHour?: number;
  readonly atRate?: number;
}

const more = `
A set is a folder with set.json, <id>.chat.tsv.gz and <id>.labels.tsv; docs/quality.md describes it and the figures.

  $ cliptide eval sets/my-channel --html quality.html
`;

function rateOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.1 && value <= 120) return value;
  throw new InvalidArgumentError('must be a number of highlights an hour from 0.1 to 120');
}

/** `cliptide eval`: how well a model finds the moments that people marked. */
export function addEval(program: Command): void {
  program
    .command('eval')
    .description('measure how well moments are found, on chats with labels')
    .argument('<set...>', 'folders of labelled chats')
    .option('--json', 'print NDJSON: a line for each set, stream, reliability and frontier')
    .option('--html <file>', 'write a page with curves and the worst errors, with the chat around them')
    .option('--scorer <file>', 'evaluate this model, a JSON file, instead of the one that ships')
    .option('--per-hour <n>', 'highlights an hour that are wished (default: the configured wish)', rateOf)
    .option('--at-rate <n>', 'also find the wish that gives so many highlights an hour', rateOf)
    .addHelpText('after', more)
    .action(async (folders: string[], options: EvalOptions, command: Command) => {
      await evaluate(folders, options, contextOf(command));
    });
}

async function evaluate(folders: readonly string[], options: EvalOptions, context: CommandContext): Promise<void> {
  const { terminal, signal, config, output } = context;
  const { latenessMs, highlightsPerHour } = config.scoring;
  const model = options.scorer === undefined ? defaultModel : await readScorer(options.scorer);
  const codes: ExitCode[] = [];
  const onFault = (fault: unknown): void => {
    if (folders.length === 1) throw fault;
    terminal.end();
    codes.push(exitCodeOf(fault));
    process.stderr.write(describeFailure(fault, wantsDebug()));
  };
  if (options.html !== undefined) await mustBeWritable('the page', options.html);
  try {
    const onVideo = (set: string, done: number, of: number): void =>
      terminal.progress([`measuring ${set}: ${done} of ${of} videos`]);
    const sets = await readSets(folders, { latenessMs, onVideo, signal, onFault });
    if (codes.length > 0) process.exitCode = worstOf(codes);
    if (sets.sets.length === 0) return;
    const perHour = options.perHour ?? highlightsPerHour;
    const onStep = (what: string): void => terminal.progress([what]);
    const task = { model, sets, perHour, latenessSec: latenessMs / 1000, atRate: options.atRate ?? null };
    const results = await evaluateSets({ ...task, onStep, signal });
    if (options.html !== undefined) {
      await save('the page', options.html, evalPage(model, results, await worstMoments(sets, results, signal)));
    }
    terminal.end();
    const warning = flattery(model, results);
    if (warning !== null) terminal.line(warning);
    if (!options.json) process.stdout.write(evalReport(results));
    else for (const line of evalLines(results)) await output.write(line);
  } finally {
    terminal.end();
  }
}
