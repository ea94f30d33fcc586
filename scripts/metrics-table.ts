import { type MetricSpec, metricSpecs } from '../src/domain/metrics.ts';

/** A row for every metric, from the declarations that the program counts by. */
export function metricsTable(): string {
  const rows = Object.entries<MetricSpec>(metricSpecs).map(([name, { type, help, labels }]) => {
    const named = labels.length === 0 ? '-' : labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| Metric | Type | Labels | What it is |', '|---|---|---|---|', ...rows].join('\n');
}
