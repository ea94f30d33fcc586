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
export const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;
export const perSecond = (count: number, ms: number): string =>
  `${Math.round((count / ms) * 1000).toLocaleString('en')} /s`;
export const megabytesPerSecond = (bytes: number, ms: number): string => `${Math.round(bytes / ms / 1000)} MB/s`;
export const times = (value: number, baseline: number): string => `${(value / baseline).toFixed(2)}×`;

/** Milliseconds that some work takes. */
export async function duration(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Middle durations of works that take turns, so that a busy machine disturbs all alike. */
export async function medianDurations<const T extends readonly (() => unknown)[]>(
  goes: number,
  ...works: T
): Promise<{ readonly [K in keyof T]: number }> {
  const taken: number[][] = works.map(() => []);
  for (let go = 0; go < goes; go++) {
    for (const [index, work] of works.entries()) taken[index]?.push(await duration(work));
  }
  const middles = taken.map((each) => each.sort((a, b) => a - b)[Math.floor(goes / 2)] ?? 0);
  return middles as { -readonly [K in keyof T]: number };
}
