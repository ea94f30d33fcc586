import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import { defaultModel } from '../domain/scoring/model.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { type CommandContext, contextOf } from './context.ts';
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
    .option('--named <version>', "the model's version (default: from what it was made of)")
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
  try {
    const onVideo = (set: string, done: number, of: number): void =>
      terminal.progress([`measuring ${set}: ${done} of ${of} videos`]);
    const data = await readSets(folders, { latenessMs, onVideo, signal });
    mustBeEnough(data, folders);
    const version = versionOf(options.named, data.hash);
    const onStep = (what: string): void => terminal.progress([what]);
    const result = await tuned({ base, version, data, latenessMs, onStep, signal });
    if (options.out !== undefined) await save(options.out, `${JSON.stringify(result.model, null, 2)}\n`);
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
  if (videos.length < 2 || labels === 0) {
    throw new CliptideError('config', `there is too little to learn from: ${videos.length} videos, ${labels} labels`, {
      where: folders.join(', '),
      hint: 'give at least two videos with labels of kind highlight',
    });
  }
}

/** The version by which the highlights of a model are known. */
function versionOf(named: string | undefined, hash: string): string {
  const version = named ?? `tuned-${hash.slice(0, 8)}`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(version)) {
    throw new CliptideError('usage', `${version} can be no version of a model`, {
      where: '--named',
      hint: 'give 1 to 64 letters, digits, dots, dashes or underscores',
    });
  }
  return version;
}

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    throw new CliptideError('config', 'the model cannot be written', { where: path, hint: 'name another file', cause });
  });
}
