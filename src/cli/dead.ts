import type { Command } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import type { ReplayRow } from '../runtime/operator/replay.ts';
import type { LetterRow, ShownRow } from '../runtime/operator/rows.ts';
import { contextOf } from './context.ts';
import { exit } from './exit.ts';
import type { AskedLetters } from './operator/answerer.ts';
import { type Ask, withAnswers } from './operator/asking.ts';
import { letterBlock, letterTable, replayLine } from './operator/letterreport.ts';
import { sinceOf } from './operator/since.ts';

interface Common {
  readonly data?: string;
  readonly json?: true;
}

interface Filter extends Common {
  readonly stage?: string;
  readonly topic?: string;
  readonly reason?: string;
  readonly since?: string;
}

interface ListOptions extends Filter {
  readonly limit: string;
}

interface ReplayOptions extends Filter {
  readonly again?: true;
}

/** `cliptide dead`: what stages could not use, and sending it to them again after a fix. */
export function addDead(program: Command): void {
  const dead = program.command('dead').description('list, show and send again what stages could not use');
  withFilter(dead.command('list').description('list dead letters, the newest first'))
    .option('--limit <n>', 'how many at most', '100')
    .action((options: ListOptions, command: Command) => list(options, command));
  withData(dead.command('show').description('show a dead letter: where from, why, and what its record says'))
    .argument('<id>', 'the id that "dead list" prints')
    .action((id: string, options: Common, command: Command) => show(id, options, command));
  withFilter(
    dead
      .command('replay')
      .description('send dead letters to their topics again; exit code 1 if one of them cannot be sent')
      .argument('[ids...]', 'ids that "dead list" prints; without any, all that the options fit'),
  )
    .option('--again', 'also those that were sent before and have not failed again')
    .action((ids: string[], options: ReplayOptions, command: Command) => replay(ids, options, command));
}

const withData = (command: Command): Command =>
  command
    .option('--data <dir>', 'data folder, also while "cliptide run" owns it (default: the configured one)')
    .option('--json', 'print NDJSON');

const withFilter = (command: Command): Command =>
  withData(command)
    .option('--stage <name>', 'of this stage')
    .option('--topic <name>', 'of records of this topic')
    .option('--reason <text>', 'whose reason or code has this text in it')
    .option('--since <time>', 'put aside since then: 90m, 2h, 3d, or a date and time');

function asked({ stage, topic, reason, since }: Filter): AskedLetters {
  return { stage, topic, reason, sinceMs: sinceOf(since, Date.now()) };
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new CliptideError('usage', '--limit must be a whole number from 1 on');
  }
  const question = { operation: 'dead list', ...asked(options), limit };
  const context = contextOf(command, { overrides: { dataDir: options.data } });
  const rows: LetterRow[] = [];
  await withAnswers(context, async (ask) => {
    for await (const row of ask(question) as AsyncIterable<LetterRow>) {
      if (options.json) await context.output.write(row);
      else rows.push(row);
    }
  });
  if (!options.json) process.stdout.write(letterTable(rows, limit));
}

async function show(id: string, { data, json }: Common, command: Command): Promise<void> {
  const context = contextOf(command, { overrides: { dataDir: data } });
  await withAnswers(context, async (ask) => {
    for await (const row of ask({ operation: 'dead show', id }) as AsyncIterable<ShownRow>) {
      if (json) await context.output.write(row);
      else process.stdout.write(letterBlock(row));
    }
  });
}

async function replay(ids: readonly string[], options: ReplayOptions, command: Command): Promise<void> {
  const { stage, topic, reason, since, again, json, data } = options;
  if (ids.length === 0 && [stage, topic, reason, since].every((option) => option === undefined)) {
    throw new CliptideError('usage', 'nothing says which dead letters are to be sent again', {
      hint: 'name their ids, or give --stage, --topic, --reason or --since',
    });
  }
  const named = ids.length === 0 ? {} : { ids };
  const question = { operation: 'dead replay', ...asked(options), ...named, again: again === true };
  const context = contextOf(command, { overrides: { dataDir: data } });
  await withAnswers(context, async (ask) => {
    for await (const row of rowsOf(ask, question)) {
      if (json) await context.output.write(row);
      else process.stdout.write(replayLine(row));
      if (row.kind === 'replay' && row.unsendable > 0) process.exitCode = exit.failed;
    }
  });
}

const rowsOf = (ask: Ask, question: Parameters<Ask>[0]): AsyncIterable<ReplayRow> =>
  ask(question) as AsyncIterable<ReplayRow>;
