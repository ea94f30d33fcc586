import type { Labels, Metrics } from '../../ports/metrics.ts';

/** Counters and gauges in memory. */
export function memoryMetrics(): Metrics {
  const values = new Map<string, number>();
  return {
    add: (name, value, labels) => {
      const series = seriesOf(name, labels);
      values.set(series, (values.get(series) ?? 0) + value);
    },
    set: (name, value, labels) => {
      values.set(seriesOf(name, labels), value);
    },
    value: (name, labels) => values.get(seriesOf(name, labels)) ?? 0,
  };
}

/** The same for the same labels in any order. */
function seriesOf(name: string, labels: Labels = {}): string {
  const entries = Object.entries(labels);
  return entries.length === 0 ? name : name + JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
