import { limitNames, type Unit, unitOfLimit } from '../../domain/budgets.ts';
import { channelPrefix } from '../../domain/scopes.ts';
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
    lines.map(({ scope, channelId, unit, cap, used, reserved, waiting, setBy, isDefault }) => {
      const amount = (value: number | null): string => (value === null ? '-' : amountIn[unit](value));
      const name = channelId === '' ? scope : scope.slice(scope.indexOf(':', channelPrefix.length) + 1);
      return [
        channelId,
        name,
        amount(cap),
        amount(used),
        amount(reserved),
        waiting,
        isDefault ? `default of ${setBy}` : setBy,
      ];
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
  days: (amount) => `${amount} days`,
  seconds: (amount) => `${amount} s`,
  tokens: String,
  dollars: (amount) => money.format(amount),
};

/** What a channel has now, and what is to be told of it, a data folder that was `made` for it included. */
export function limitsText(row: LimitsRow, made?: string): string {
  const { channelId, clipBytes, clipsShareBytes, isKnown } = row;
  const set = limitNames.flatMap((name) => {
    const value = row[name];
    return value === null ? [] : [`${name}=${amountIn[unitOfLimit(name)](value)}`];
  });
  const lines = [
    `${printable(channelId)}: ${set.length === 0 ? 'none of its own: all as configured' : set.join(', ')}`,
  ];
  if (clipsShareBytes !== null) {
    lines.push(
      `clipBytes is ${formatBytes(clipBytes ?? 0)}, but all clips of this node share ${formatBytes(clipsShareBytes)}`,
    );
  }
  if (!isKnown) lines.push('no broadcast of this channel is known yet');
  if (made !== undefined) lines.push(`made the data folder ${printable(made)}: nothing has run here yet`);
  return `${lines.join('\n')}\n`;
}
