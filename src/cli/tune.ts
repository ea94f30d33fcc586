import { createHash } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import { defaultModel, type Model } from '../domain/scoring/model.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { type CommandContext, contextOf } from './context.ts';
import { mustBeWritable, save } from './eval/outputfile.ts';
import { type MeasuredSets, readSets } from './eval/reading.ts';
import { tuned } from './tune/making.ts';
import { figuresLine, modelLine, tuneReport } from './tune/report.ts';

interface TuneOptions {
  readonly out?: string;
  readonly named?: string;
  readonly scorer?: string;
  readonly json?: true;
}

const more = `
A set is a folder with set.json, <id>.chat.tsv.gz and <id>.labels.tsv; docs/quality.md describes it. Every figure of the
new model is of videos that it was not made from. Score by the new model with: cliptide explain, backfill --scorer FILE.

  $ cliptide tune sets/my-channel --out my-channel.json
`;

/** `cliptide tune`: a scoring model from labelled chats. */
export function addTune(program: Command): void {
  program
    .command('tune')
    .description('make a scoring model from labelled chats, and show what it changes')
    .argument('<set...>', 'folders of labelled chats')
    .option('--out <file>', 'write the model to this JSON file')
    .option('--named <version>', "the model's version (default: from what it was made of)", nameOf)
    .option('--scorer <file>', 'start from this model instead of the one that ships')
    .option('--json', 'print NDJSON: a line for each row of figures, and the model')
    .addHelpText('after', more)
    .action(async (folders: string[], options: TuneOptions, command: Command) => {
      await tune(folders, options, contextOf(command));
    });
}

async function tune(folders: readonly string[], options: TuneOptions, context: CommandContext): Promise<void> {
  const { terminal, signal, config, output } = context;
  const { latenessMs } = config.scoring;
  const base = options.scorer === undefined ? defaultModel : await readScorer(options.scorer);
  if (options.out !== undefined) await mustBeWritable('the model', options.out);
  try {
    const onVideo = (set: string, done: number, of: number): void =>
      terminal.progress([`measuring ${set}: ${done} of ${of} videos`]);
    const data = await readSets(folders, { latenessMs, onVideo, signal });
    mustBeEnough(data, folders);
    const version = options.named ?? versionFrom(data, base, latenessMs);
    const onStep = (what: string): void => terminal.progress([what]);
    const result = await tuned({ base, version, data, latenessMs, onStep, signal });
    if (options.out !== undefined) await save('the model', options.out, `${JSON.stringify(result.model, null, 2)}\n`);
    terminal.end();
    if (!options.json) process.stdout.write(tuneReport(data, base, result));
    else {
      for (const row of result.figures) await output.write(figuresLine(data, row));
      await output.write(modelLine(result.model, options.out));
    }
  } finally {
    terminal.end();
  }
}

function mustBeEnough({ videos, labels }: MeasuredSets, folders: readonly string[]): void {
  const labelled = videos.filter((video) => video.labels.length > 0).length;
  if (labelled >= 2) return;
  const found = `${videos.length} videos, ${labelled} of them with labels, ${labels} labels`;
  throw new CliptideError('config', `there is too little to learn from: ${found}`, {
    where: folders.join(', '),
    hint: 'give at least two videos with labels of kind highlight',
  });
}

/** A name that a model may be given as its version. */
function nameOf(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('must be 1 to 64 letters, digits, dots, dashes or underscores');
}

/**
 * The version of a model that was given no name. Ids of highlights follow from it, so it follows from all that the model
 * is made from: the chats, the model that it started from, and how late messages may be.
 */
function versionFrom({ hash }: MeasuredSets, base: Model, latenessMs: number): string {
  const { training: _, ...start } = base;
  const made = createHash('sha256')
    .update(JSON.stringify([hash, start, latenessMs]))
    .digest('hex');
  return `tuned-${made.slice(0, 8)}`;
}
