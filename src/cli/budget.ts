import type { Command } from 'commander';
import { keys } from '../config/keys.ts';
import { parseSize } from '../config/values.ts';
import { isLimit, type LimitName, limitNames } from '../domain/budgets.ts';
import { CliptideError } from '../domain/errors.ts';
import type { BudgetRow, LimitsRow } from '../runtime/operator/budgets.ts';
import { contextOf } from './context.ts';
import { type Ask, withAnswers } from './operator/asking.ts';
import { budgetTable, limitsText } from './operator/budgetreport.ts';

interface BudgetOptions {
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide budget`: what may be kept and spent, and what is; also while another process works. */
export function addBudget(program: Command): void {
  const budget = program
    .command('budget')
    .description('list budgets with what is used of them, and set those of a channel');
  withData(budget.command('list').description('list what may be kept and spent, what is, and who waits')).action(
    (options: BudgetOptions, command: Command) => list(options, command),
  );
  withData(budget.command('set').description("set a channel's own budgets, which hold from the next reservation on"))
    .argument('<channel>', 'id of the channel')
    .argument('<budgets...>', `NAME=AMOUNT of ${limitNames.join(', ')}; "default" takes one back`)
    .action((channelId: string, budgets: string[], options: BudgetOptions, command: Command) =>
      set(channelId, budgets, options, command),
    );
}

const withData = (command: Command): Command =>
  command
    .option('--data <dir>', 'data folder, also while "cliptide run" owns it (default: the configured one)')
    .option('--json', 'print NDJSON');

async function list({ data, json }: BudgetOptions, command: Command): Promise<void> {
  const context = contextOf(command, { overrides: { dataDir: data } });
  const rows: BudgetRow[] = [];
  await withAnswers(context, async (ask) => {
    for await (const row of ask({ operation: 'budget list' }) as AsyncIterable<BudgetRow>) {
      if (json) await context.output.write(row);
      else rows.push(row);
    }
  });
  if (!json) process.stdout.write(budgetTable(rows));
}

async function set(
  channelId: string,
  budgets: readonly string[],
  { data, json }: BudgetOptions,
  command: Command,
): Promise<void> {
  if (channelId.trim() === '') throw new CliptideError('usage', 'the channel has no id', { hint: 'give its id first' });
  const amounts = budgets.map(amountOf);
  mustDiffer(amounts.map(([name]) => name));
  const limits = Object.fromEntries(amounts);
  const context = contextOf(command, { overrides: { dataDir: data } });
  let made: string | undefined;
  const tell = async (ask: Ask): Promise<void> => {
    for await (const row of ask({ operation: 'budget set', channelId, limits }) as AsyncIterable<LimitsRow>) {
      if (json) await context.output.write(row);
      else process.stdout.write(limitsText(row, made));
    }
  };
  await withAnswers(context, tell, (folder) => {
    made = folder;
  });
}

function mustDiffer(names: readonly LimitName[]): void {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) < index));
  if (twice.size === 0) return;
  throw new CliptideError('usage', `given more than once: ${[...twice].join(', ')}`, { hint: 'give each budget once' });
}

function amountOf(text: string): readonly [LimitName, number | null] {
  const [name = '', amount = ''] = text.split(/=(.*)/s);
  const known = limitNames.find((one) => one === name);
  if (known === undefined) throw unknown(name);
  if (amount === 'default') return [known, null];
  const isBytes = known === 'clipBytes' || known === 'fetchedBytesPerHour';
  const value = isBytes ? parseSize(amount) : /^\d+(?:\.\d+)?$/.test(amount) ? Number(amount) : amount;
  if (typeof value === 'number' && isLimit(known, value)) return [known, value];
  throw new CliptideError('usage', `${text} is no budget`, {
    hint:
      'amounts are whole numbers, of bytes also sizes such as 20GB, of money US dollars such as 2.50; ' +
      '"default" takes a budget back',
  });
}

function unknown(name: string): CliptideError {
  const hint = Object.hasOwn(keys, name)
    ? `${name} is a key of the configuration: set it there, for all channels, and start again`
    : `they are ${limitNames.join(', ')}; what a node may have is configured: dataCapBytes, cacheCapBytes`;
  return new CliptideError('usage', `a channel has no budget ${JSON.stringify(name)}`, { hint });
}
