import type { DetectedHighlight, RankedCandidate, StreamRanking } from '../records.gen.ts';

/** Lines of `score --json`: one object a line with a `kind`. Seconds count from the chat's zero. */
export interface HighlightLine {
  readonly kind: 'highlight';
  readonly highlightId: string;
  readonly streamId: string;
  readonly startSec: number;
  readonly peakSec: number;
  readonly endSec: number;
  readonly score: number;
  readonly threshold: number;
  readonly emittedAtSec: number;
  readonly contributions: Readonly<Record<string, number>>;
  readonly model: string;
}

export interface RankedLine {
  readonly kind: 'ranked';
  readonly rank: number;
  readonly startSec: number;
  readonly peakSec: number;
  readonly endSec: number;
  readonly score: number;
  /** Only of a candidate that was emitted online. */
  readonly highlightId?: string;
}

export interface SummaryLine {
  readonly kind: 'summary';
  readonly streamId: string;
  readonly format: string;
  readonly read: number;
  readonly processed: number;
  readonly late: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly ignored: number;
  /** Of the first and the last processed record; null where none was. */
  readonly firstSec: number | null;
  readonly lastSec: number | null;
}

const seconds = (atMs: number, zeroAtMs: number): number => (atMs - zeroAtMs) / 1000;

/** The line of a highlight as it is emitted. */
export function highlightLine(highlight: DetectedHighlight, zeroAtMs: number): HighlightLine {
  const { highlightId, streamId, score, threshold, contributions, model } = highlight;
  return {
    kind: 'highlight',
    highlightId,
    streamId,
    startSec: seconds(highlight.startMs, zeroAtMs),
    peakSec: seconds(highlight.peakMs, zeroAtMs),
    endSec: seconds(highlight.endMs, zeroAtMs),
    score,
    threshold,
    emittedAtSec: seconds(highlight.emittedAtMs, zeroAtMs),
    contributions,
    model,
  };
}

function rankedLine(candidate: RankedCandidate, zeroAtMs: number): RankedLine {
  return {
    kind: 'ranked',
    rank: candidate.rank,
    startSec: seconds(candidate.startMs, zeroAtMs),
    peakSec: seconds(candidate.peakMs, zeroAtMs),
    endSec: seconds(candidate.endMs, zeroAtMs),
    score: candidate.score,
    ...(candidate.emitted ? { highlightId: candidate.highlightId } : {}),
  };
}

/** The lines of a broadcast's end: the ranking, best first, then the summary. `format` names the chat file's format. */
export function rankingLines(ranking: StreamRanking, format: string): readonly (RankedLine | SummaryLine)[] {
  const { zeroAtMs, firstMs, lastMs } = ranking;
  const summary: SummaryLine = {
    kind: 'summary',
    streamId: ranking.streamId,
    format,
    ...ranking.fates,
    firstSec: firstMs === null ? null : seconds(firstMs, zeroAtMs),
    lastSec: lastMs === null ? null : seconds(lastMs, zeroAtMs),
  };
  return [...ranking.candidates.map((candidate) => rankedLine(candidate, zeroAtMs)), summary];
}
