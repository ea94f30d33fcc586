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
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Mean squared difference between the probability and what came (Brier 1950); null of none. */
  readonly brier: number | null;
}

const binCount = 10;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;

/** Whether moments that were given a probability are hits as often. */
export function reliability(forecasts: readonly Forecast[]): Reliability {
  const bins = Array.from({ length: binCount }, (_, i) => {
    const [from, to] = [i / binCount, (i + 1) / binCount];
    const isLast = i === binCount - 1;
    const own = forecasts.filter(({ probability: p }) => p >= from && (p < to || (isLast && p <= to)));
    const hits = own.map(({ hit }) => (hit ? 1 : 0));
    return {
      from,
      to,
      count: own.length,
      predicted: mean(own.map(({ probability }) => probability)),
      observed: mean(hits),
    };
  });
  return { bins, brier: mean(forecasts.map(({ probability, hit }) => (probability - (hit ? 1 : 0)) ** 2)) };
}
