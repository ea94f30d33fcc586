import type { Interval } from './bootstrap.ts';

/** A moment with the probability that was given to it. */
export interface Forecast {
  readonly probability: number;
  readonly hit: boolean;
}

/** Forecasts of about the same probability. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of the probabilities; null of none. */
  readonly predicted: number | null;
  /** Share that hit; null of none. */
  readonly observed: number | null;
  /** 95 % interval of the share; null of none. */
  readonly interval: Interval | null;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Mean squared difference between the probability and what came (Brier 1950); null of none. */
  readonly brier: number | null;
}

const binCount = 10;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;

const normalQuantile = 1.96;

/** Wilson's 95 % interval of a share (Probable inference, 1927), which also few moments do not lead out of 0 to 1. */
function wilson(share: number, count: number): Interval {
  const spread = normalQuantile ** 2 / count;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (normalQuantile * Math.sqrt((share * (1 - share)) / count + spread / (4 * count))) / (1 + spread);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Whether moments that were given a probability are hits as often. */
export function reliability(forecasts: readonly Forecast[]): Reliability {
  const bins = Array.from({ length: binCount }, (_, i) => {
    const [from, to] = [i / binCount, (i + 1) / binCount];
    const isLast = i === binCount - 1;
    const own = forecasts.filter(({ probability: p }) => p >= from && (p < to || (isLast && p <= to)));
    const observed = mean(own.map(({ hit }) => (hit ? 1 : 0)));
    return {
      from,
      to,
      count: own.length,
      predicted: mean(own.map(({ probability }) => probability)),
      observed,
      interval: observed === null ? null : wilson(observed, own.length),
    };
  });
  return { bins, brier: mean(forecasts.map(({ probability, hit }) => (probability - (hit ? 1 : 0)) ** 2)) };
}
