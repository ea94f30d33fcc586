import type { LagRow } from '../../runtime/operator/lag.ts';
import { table } from '../table.ts';

const columns = [
  { title: 'stage' },
  { title: 'partition', align: 'right' },
  { title: 'lag', align: 'right' },
  { title: 'watermark', align: 'right' },
  { title: 'most behind' },
  { title: 'committed', align: 'right' },
  { title: 'end', align: 'right' },
] as const;

/** A line for each stage and partition, with the topic that it is most behind in; `all` has a line for each topic. */
export function lagTable(rows: readonly LagRow[], all: boolean): string {
  const lines = all ? rows.map((row) => line(row, [row])) : byPartition(rows).map((some) => line(worstOf(some), some));
  const lost = rows.reduce((sum, row) => sum + row.lost, 0);
  const loss = lost === 0 ? '' : `${lost} records were lost to retention before they were read: cliptide recover\n`;
  return table(columns, lines) + loss;
}

const byPartition = (rows: readonly LagRow[]): readonly (readonly LagRow[])[] => [
  ...Map.groupBy(rows, ({ stage, partition }) => `${stage}/${partition}`).values(),
];

function line(worst: LagRow, rows: readonly LagRow[]): readonly (string | number)[] {
  const lag = rows.reduce((sum, row) => sum + row.lag, 0);
  const delay = rows.find((row) => row.watermarkDelaySeconds !== null)?.watermarkDelaySeconds;
  const waited = delay === undefined || delay === null ? '-' : `${delay.toFixed(1)} s`;
  return [worst.stage, worst.partition, lag, waited, worst.topic, worst.committed ?? '-', worst.end];
}

/** The topic with most before it; of those that have nothing, the one that has carried most. */
const worstOf = (rows: readonly LagRow[]): LagRow =>
  rows.reduce((worst, row) => (row.lag > worst.lag || (row.lag === worst.lag && row.end > worst.end) ? row : worst));
