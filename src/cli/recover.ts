import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import type { GapFilter, GapRow, RecoverRow, RecreatedRow } from '../runtime/operator/gaps.ts';
import { type CommandContext, contextOf } from './context.ts';
import { exit } from './exit.ts';
import { type Ask, withAnswers } from './operator/asking.ts';
import { gapReport } from './operator/gapreport.ts';

interface RecoverOptions {
  readonly acceptGap?: true;
  readonly stage?: string;
  readonly topic?: string;
  readonly partition?: string;
  readonly data?: string;
  readonly yes?: true;
  readonly json?: true;
}

type Row = GapRow | RecreatedRow | RecoverRow;

/** `cliptide recover`: what was lost to retention before it was read, and giving it up, so that stages go on. */
export function addRecover(program: Command): void {
  program
    .command('recover')
    .description('say which records were lost to retention before a stage had read them; exit code 1 if any were')
    .option('--accept-gap', 'give them up, on the record: the stage goes on behind them at its next start')
    .option('--stage <name>', 'of this stage only')
    .option('--topic <name>', 'in this topic only')
    .option('--partition <n>', 'in this partition only')
    .option('--data <dir>', 'data folder (default: the configured one)')
    .option('--yes', 'do not ask')
    .option('--json', 'print NDJSON')
    .action(async (options: RecoverOptions, command: Command) => {
      const filter = filterOf(options);
      const context = contextOf(command, { overrides: { dataDir: options.data } });
      await withAnswers(context, (ask) => recover(ask, filter, options, context));
    });
}

function filterOf({ stage, topic, partition }: RecoverOptions): GapFilter {
  const number = partition === undefined ? undefined : Number(partition);
  if (number !== undefined && (!Number.isInteger(number) || number < 0)) {
    throw new CliptideError('usage', '--partition must be a whole number from 0 on');
  }
  return { stage, topic, partition: number };
}

async function recover(ask: Ask, filter: GapFilter, options: RecoverOptions, context: CommandContext): Promise<void> {
  const accepts = options.acceptGap === true;
  const found = await rowsOf(ask, filter, accepts && options.yes === true);
  await tell(found, options, context);
  const sum = sumOf(found);
  if (!accepts) {
    if (sum.gaps + sum.recreated > 0) process.exitCode = exit.failed;
    return;
  }
  if (sum.recreated > 0) process.exitCode = exit.failed;
  if (sum.gaps === sum.accepted) return;
  await mustAgree(sum, context.signal);
  await tell(await rowsOf(ask, filter, true), options, context);
}

async function rowsOf(ask: Ask, filter: GapFilter, accept: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of ask({ operation: 'recover', ...filter, accept }) as AsyncIterable<Row>) rows.push(row);
  return rows;
}

function sumOf(rows: readonly Row[]): RecoverRow {
  const sum = rows.find((row) => row.kind === 'recover');
  return sum ?? { kind: 'recover', gaps: 0, records: 0, accepted: 0, recreated: 0 };
}

async function tell(rows: readonly Row[], { json }: RecoverOptions, { output }: CommandContext): Promise<void> {
  if (!json) process.stdout.write(gapReport(rows));
  else for (const row of rows) await output.write(row);
}

/** Nothing is given up unless a person says so, or a script with --yes. */
async function mustAgree({ records }: RecoverRow, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CliptideError('usage', 'nobody can be asked whether these records may be given up', {
      hint: 'say so with --yes; nothing was given up',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`give up ${records} records for good? [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new CliptideError('aborted', 'nothing was given up');
}
