import type { LabelsOf, MetricName, MetricOf } from '../domain/metrics.ts';

/** Figures by name and labels, in Prometheus' sense. `src/domain/metrics.ts` declares every one. */
export interface Metrics {
  /** Adds to a counter; 0 makes its series known before there is anything to count, so that no first one is missed. */
  add<N extends MetricOf<'counter'>>(name: N, value: number, labels: LabelsOf<N>): void;
  set<N extends MetricOf<'gauge'>>(name: N, value: number, labels: LabelsOf<N>): void;
  /** Counts a value into a histogram. */
  observe<N extends MetricOf<'histogram'>>(name: N, value: number, labels: LabelsOf<N>): void;
  /** Drops the series with all of these labels, of one gauge or of every one: what they told of is gone from here. */
  forget(labels: Readonly<Record<string, string>>, name?: MetricOf<'gauge'>): void;
  /** Current value of a counter or gauge, or how many values a histogram has counted; 0 when it was never touched. */
  value<N extends MetricName>(name: N, labels: LabelsOf<N>): number;
}

/** Metrics as they are scraped. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}
