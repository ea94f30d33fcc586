import { printable } from './printable.ts';
import { width } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows in aligned columns under their titles and a rule; ends with a line end. */
export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => row.map((cell) => printable(String(cell)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ''))));
  const line = (row: readonly string[]): string =>
    columns
      .map((column, index) => {
        const text = row[index] ?? '';
        const space = ' '.repeat((widths[index] ?? 0) - width(text));
        return column.align === 'right' ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  const rule = widths.map((columns) => '-'.repeat(columns)).join('  ');
  return `${[line(head), rule, ...body.map(line)].join('\n')}\n`;
}
