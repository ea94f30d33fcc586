import { boundless, countless, limitNames, type Unit, unitOf } from '../../domain/budgets.ts';
import { parseChannelScope } from '../../domain/scopes.ts';
import type { BudgetRow, LimitsRow } from '../../runtime/operator/budgets.ts';
import { formatBytes } from '../bytes.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';

const columns = [
  { title: 'channel' },
  { title: 'budget' },
  { title: 'cap', align: 'right' },
  { title: 'used', align: 'right' },
  { title: 'reserved', align: 'right' },
  { title: 'waiting', align: 'right' },
  { title: 'set by' },
] as const;

/** A line for each scope: those of the node first, then the channels'. */
export function budgetTable(rows: readonly BudgetRow[]): string {
  const lines = rows.toSorted((a, b) => (a.channelId < b.channelId ? -1 : Number(a.channelId > b.channelId)));
  return table(
    columns,
    lines.map(({ scope, channelId, cap, used, reserved, waiting, setBy }) => {
      const what = parseChannelScope(scope)?.what;
      const amount = amountIn[what === undefined ? 'bytes' : unitOf[what]];
      const isUncapped = what === 'clipCount' ? cap === countless : cap === boundless;
      const most = isUncapped ? '-' : amount(cap);
      const name = what === undefined ? scope : scope.slice(scope.indexOf(what));
      return [channelId, name, most, amount(used), amount(reserved), waiting, setBy];
    }),
  );
}

const money = new Intl.NumberFormat('en-US', {
  ...{ style: 'currency', currency: 'USD', useGrouping: false },
  ...{ minimumFractionDigits: 2, maximumFractionDigits: 6 },
});

const amountIn: Readonly<Record<Unit, (amount: number) => string>> = {
  bytes: formatBytes,
  clips: String,
  seconds: (amount) => `${amount} s`,
  tokens: String,
  dollars: (amount) => money.format(amount),
};

export function limitsLine(row: LimitsRow): string {
  const set = limitNames.flatMap((name) => (row[name] === null ? [] : [`${name}=${row[name]}`]));
  const budgets = set.length === 0 ? 'none of its own: all as configured' : set.join(' ');
  return `${printable(row.channelId)}: ${budgets}\n`;
}
