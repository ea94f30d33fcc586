/** A scored second; `sec` counts from the chat's zero. */
export interface PlotSecond {
  readonly sec: number;
  /** A logit. */
  readonly score: number;
  readonly threshold: number;
  /** All messages of this second. */
  readonly messages: number;
}

/** A highlight that was emitted; the second in which it begins. */
export interface PlotHighlight {
  readonly sec: number;
  readonly score: number;
  /** In the final ranking; null where it is not there. */
  readonly rank: number | null;
}

/** What a person has said of a part of the broadcast. */
export interface PlotLabel {
  readonly startSec: number;
  readonly endSec: number;
  readonly kind: 'highlight' | 'rejected';
}

/** What a plot shows. Seconds are in order. */
export interface PlotSeries {
  readonly title: string;
  readonly subtitle: string;
  readonly seconds: readonly PlotSecond[];
  readonly highlights: readonly PlotHighlight[];
  readonly labels: readonly PlotLabel[];
}

/** Seconds that share a column of pixels. */
export interface PlotColumn {
  readonly sec: number;
  readonly lowest: number;
  readonly highest: number;
  readonly threshold: number;
  /** Messages a second. */
  readonly rate: number;
}

/**
 * The seconds in at most `most` columns of equal length, each with the lowest and the highest score, so that no peak is
 * lost. Null stands for a column without a second: a silence that was not scored.
 */
export function columnsOf(seconds: readonly PlotSecond[], most: number): readonly (PlotColumn | null)[] {
  const first = seconds[0]?.sec ?? 0;
  const span = (seconds.at(-1)?.sec ?? 0) - first + 1;
  const count = Math.min(most, span);
  const groups: PlotSecond[][] = Array.from({ length: seconds.length === 0 ? 0 : count }, () => []);
  for (const one of seconds) groups[Math.min(count - 1, Math.floor(((one.sec - first) / span) * count))]?.push(one);
  return groups.map((group, index) =>
    group.length === 0 ? null : columnOf(group, first + ((index + 0.5) / count) * span - 0.5),
  );
}

function columnOf(group: readonly PlotSecond[], sec: number): PlotColumn {
  const scores = group.map(({ score }) => score);
  return {
    sec,
    lowest: Math.min(...scores),
    highest: Math.max(...scores),
    threshold: Math.max(...group.map(({ threshold }) => threshold)),
    rate: group.reduce((sum, { messages }) => sum + messages, 0) / group.length,
  };
}
