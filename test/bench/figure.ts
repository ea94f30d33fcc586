/** A line of RESULTS.md. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** What the same run measured beside it, and against what. */
  readonly baseline: string;
  /** Value against baseline, where both are of one kind. */
  readonly ratio?: string;
  /** What was aimed at. */
  readonly aim?: string;
}

/** A measurement with its baseline. Works in a folder of its own, which the caller removes. */
export interface Figure {
  readonly name: string;
  measure(folder: string): Promise<readonly Row[]>;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const perSecond = (count: number, ms: number): string =>
  `${Math.round((count / ms) * 1000).toLocaleString('en')} /s`;
export const times = (value: number, baseline: number): string => `${(value / baseline).toFixed(2)}×`;

/** Milliseconds that some work takes. */
export async function duration(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Middle durations of two works that take turns, so that a busy machine disturbs both alike. */
export async function medianDurations(one: () => unknown, other: () => unknown): Promise<readonly [number, number]> {
  const goes: [number, number][] = [];
  for (let go = 0; go < 3; go++) goes.push([await duration(one), await duration(other)]);
  const middle = (which: 0 | 1): number => goes.map((go) => go[which]).sort((a, b) => a - b)[1] ?? 0;
  return [middle(0), middle(1)];
}
