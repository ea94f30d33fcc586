import type { Row } from './figure.ts';

const cell = (text: string | undefined): string => (text ?? '').replaceAll('|', '\\|');

/** RESULTS.md: the machine and a table of all rows. */
export function report(machine: string, commit: string, rows: readonly Row[]): string {
  return [
    '# Figures',
    'Written by `npm run bench`. Each figure stands beside a baseline of the same run on the same machine.',
    '',
    `Machine: ${machine}. Commit: ${commit}.`,
    '',
    '| Figure | Value | Baseline | Ratio | Aim |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${[row.what, row.value, row.baseline, row.ratio, row.aim].map(cell).join(' | ')} |`),
    '',
  ].join('\n');
}
