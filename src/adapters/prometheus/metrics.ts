import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricName, type MetricOf, type MetricSpec, metricSpecs } from '../../domain/metrics.ts';
import type { Exposition, Metrics } from '../../ports/metrics.ts';
import { SeriesTable } from './series.ts';

/** How finely the lag of the event loop is looked at, in milliseconds: rarely enough to cost an idle process nothing. */
const loopLagEveryMs = 100;

/** Metrics to be scraped in Prometheus' text format, with those of the process itself (processor, memory, event loop). */
export function prometheusMetrics(): Metrics & Exposition {
  const registry = new Registry();
  const known = instruments(registry);
  const values = new SeriesTable();
  collectProcess(registry);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    add: (name, value, labels) => {
      known.counters.get(name)?.inc(labels, value);
      values.of(name, labels).value += value;
    },
    set: (name, value, labels) => {
      known.gauges.get(name)?.set(labels, value);
      values.of(name, labels).value = value;
    },
    observe: (name, value, labels) => {
      known.histograms.get(name)?.observe(labels, value);
      values.of(name, labels).value += 1;
    },
    forget: (labels, only) => {
      for (const [name, gauge] of known.gauges) {
        if (only !== undefined && name !== only) continue;
        for (const series of values.forget(name, labels)) gauge.remove(series);
      }
    },
    value: (name, labels) => values.of(name, labels).value,
  };
}

function instruments(registry: Registry) {
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricOf<'gauge'>, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [name, spec] of Object.entries<MetricSpec>(metricSpecs)) {
    const options = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
    if (spec.type === 'counter') counters.set(name as MetricName, new Counter(options));
    else if (spec.type === 'gauge') gauges.set(name as MetricOf<'gauge'>, untouched(new Gauge(options)));
    else histograms.set(name as MetricName, new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] }));
  }
  return { counters, gauges, histograms };
}

/** prom-client shows a gauge without labels as 0 from the start, which nobody has measured. */
function untouched(gauge: Gauge): Gauge {
  gauge.remove({});
  return gauge;
}

/** prom-client's own; a few of its gauges have the ending of a counter, which Prometheus' linter refuses. */
function collectProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLagEveryMs });
  for (const { name } of registry.getMetricsAsArray()) {
    const isCounter = registry.getSingleMetric(name) instanceof Counter;
    if (!isCounter && name.endsWith('_total')) registry.removeSingleMetric(name);
  }
}
