export type Labels = Readonly<Record<string, string>>;

/** Counters and gauges by name, in Prometheus' sense. */
export interface Metrics {
  add(name: string, value: number, labels?: Labels): void;
  set(name: string, value: number, labels?: Labels): void;
  /** Current value of a counter or gauge; 0 when it was never touched. */
  value(name: string, labels?: Labels): number;
}
