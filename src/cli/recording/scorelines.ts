import type { DetectedHighlight, StreamRanking } from '../../domain/records.gen.ts';
import { probabilityOf } from '../../domain/scoring/model.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';

/** What `score --json` prints, a line each; seconds count from the chat's zero. */
export function highlightLine(highlight: DetectedHighlight, zeroAtMs: number, probability: number | null) {
  const sec = (ms: number): number => (ms - zeroAtMs) / 1_000;
  const { highlightId, streamId, score, threshold, contributions, model } = highlight;
  const times = { startSec: sec(highlight.startMs), peakSec: sec(highlight.peakMs), endSec: sec(highlight.endMs) };
  const emittedAtSec = sec(highlight.emittedAtMs);
  const told = { score, threshold, emittedAtSec, contributions, model, probability };
  return { kind: 'highlight', highlightId, streamId, ...times, ...told };
}

/** How likely a person would call it a highlight, from 0 to 1; null where its model is not known or not calibrated. */
export function probabilityIn({ model, score }: DetectedHighlight, models: ModelChoice): number | null {
  const known = models.known(model);
  return known === undefined ? null : probabilityOf(known, score);
}

/** A candidate of the final ranking; it has an id where it was emitted as a highlight. */
export function rankedLines(ranking: StreamRanking, zeroAtMs: number) {
  const sec = (ms: number): number => (ms - zeroAtMs) / 1_000;
  return ranking.candidates.map((candidate) => ({
    kind: 'ranked',
    rank: candidate.rank,
    startSec: sec(candidate.startMs),
    peakSec: sec(candidate.peakMs),
    endSec: sec(candidate.endMs),
    score: candidate.score,
    ...(candidate.emitted ? { highlightId: candidate.highlightId } : {}),
  }));
}

export function summaryLine(ranking: StreamRanking, format: string, zeroAtMs: number) {
  const sec = (ms: number | null): number | null => (ms === null ? null : (ms - zeroAtMs) / 1_000);
  const { read, processed, late, duplicate, deadLettered, ignored } = ranking.fates;
  const fates = { read, processed, late, duplicate, deadLettered, ignored };
  const span = { firstSec: sec(ranking.firstMs), lastSec: sec(ranking.lastMs) };
  return { kind: 'summary', streamId: ranking.streamId, format, ...fates, ...span };
}
