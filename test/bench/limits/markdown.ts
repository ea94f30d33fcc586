/** A table in Markdown; the first column is text, the others are figures. */
export function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = titles.map((_, i) => (i === 0 ? '---' : '---:'));
  return `${[line(titles), line(rule), ...rows.map(line)].join('\n')}\n`;
}

export const share = (value: number): string => value.toFixed(3).replace(/^0/, '');

export const percent = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))} %`;

export const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);

/** Standard deviation of a sample. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((total, value) => total + (value - middle) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
