import { type MetricName, metricSpecs } from '../../domain/metrics.ts';
import type { Metrics } from '../../ports/metrics.ts';

type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly name: MetricName;
  readonly labels: Labels;
  value: number;
}

/** Metrics in memory, for processes that nobody scrapes. */
export function memoryMetrics(): Metrics {
  const all = new Map<string, Series>();
  const seriesOf = (name: MetricName, labels: Labels): Series => {
    const key = [name, ...metricSpecs[name].labels.map((label) => labels[label])].join('\0');
    let series = all.get(key);
    if (series === undefined) {
      series = { name, labels: { ...labels }, value: 0 };
      all.set(key, series);
    }
    return series;
  };
  return {
    add: (name, value, labels) => {
      seriesOf(name, labels).value += value;
    },
    set: (name, value, labels) => {
      seriesOf(name, labels).value = value;
    },
    observe: (name, _value, labels) => {
      seriesOf(name, labels).value += 1;
    },
    forget: (labels, only) => {
      const wanted = Object.entries(labels);
      for (const [key, series] of all) {
        if (metricSpecs[series.name].type !== 'gauge' || (only !== undefined && series.name !== only)) continue;
        if (wanted.every(([label, value]) => series.labels[label] === value)) all.delete(key);
      }
    },
    value: (name, labels) => seriesOf(name, labels).value,
  };
}
