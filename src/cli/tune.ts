import { type Command, InvalidArgumentError } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import { defaultModel } from '../domain/scoring/model.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { type CommandContext, contextOf } from './context.ts';
import { mustBeWritable, save } from './eval/outputfile.ts';
import { readLessons } from './tune/lessons.ts';
import { lagged, tuned } from './tune/making.ts';
import { tuneLines, tuneReport } from './tune/report.ts';
import { versionFrom } from './tune/version.ts';

interface TuneOptions {
  readonly out?: string;
  readonly named?: string;
  readonly scorer?: string;
  readonly decisions?: true;
  readonly data?: string;
  readonly json?: true;
}

const more = `
A set is a folder with set.json, <id>.chat.tsv.gz and <id>.labels.tsv; docs/quality.md describes it. Every figure of the
new model is of videos that it was not made from. Score by the new model with --scorer FILE of score, live, explain and
backfill, or name it under scorers in the configuration.

  $ cliptide tune sets/my-channel --out my-channel.json
  $ cliptide tune sets/my-channel --decisions --out my-channel.json
  $ cliptide tune --decisions --out my-lags.json
`;

/** `cliptide tune`: a scoring model from labelled chats. */
export function addTune(program: Command): void {
  program
    .command('tune')
    .description('make a scoring model from labelled chats, and show what it changes')
    .argument('[set...]', 'folders of labelled chats')
    .option(
      '--decisions',
      'learn from what people decided of highlights, too; alone: how far chat lags in each channel',
    )
    .option('--data <dir>', 'data folder that has the decisions (default: the configured one, ./.cliptide)')
    .option('--out <file>', 'write the model to this JSON file')
    .option('--named <version>', "the model's version (default: from what it was made of)", nameOf)
    .option('--scorer <file>', 'start from this model instead of the one that ships')
    .option('--json', 'print NDJSON: a line for each row of figures, and the model')
    .addHelpText('after', more)
    .action(async (folders: string[], options: TuneOptions, command: Command) => {
      await tune(folders, options, contextOf(command, { overrides: { dataDir: options.data } }));
    });
}

async function tune(folders: readonly string[], options: TuneOptions, context: CommandContext): Promise<void> {
  const { terminal, signal, config, output } = context;
  const { latenessMs } = config.scoring;
  mustHaveLessons(folders, options);
  const base = options.scorer === undefined ? defaultModel : await readScorer(options.scorer);
  if (options.out !== undefined) await mustBeWritable('the model', options.out);
  try {
    const lessons = await readLessons(folders, { decisions: options.decisions === true, base }, context);
    const version = options.named ?? versionFrom(lessons, base, latenessMs);
    const onStep = (what: string): void => terminal.progress([what]);
    const tuning = { base, version, ...lessons, latenessMs, onStep, signal };
    const result = folders.length === 0 ? lagged(tuning) : await tuned(tuning);
    if (options.out !== undefined) await save('the model', options.out, `${JSON.stringify(result.model, null, 2)}\n`);
    terminal.end();
    if (!options.json) process.stdout.write(tuneReport(lessons, base, result));
    else for (const line of tuneLines(lessons, result, options.out)) await output.write(line);
  } finally {
    terminal.end();
  }
}

function mustHaveLessons(folders: readonly string[], { decisions, data }: TuneOptions): void {
  const refused = (what: string, hint: string): CliptideError => new CliptideError('usage', what, { hint });
  if (folders.length === 0 && decisions === undefined) {
    throw refused('there is nothing to learn from', 'give folders of labelled chats, --decisions, or both');
  }
  if (data !== undefined && decisions === undefined) {
    throw refused('--data says where decisions are, and none are asked for', 'give --decisions, too');
  }
}

/** A name that a model may be given as its version. */
function nameOf(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('must be 1 to 64 letters, digits, dots, dashes or underscores');
}
