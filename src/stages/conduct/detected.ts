import type { DetectedHighlight, Moment, RankedCandidate, StreamRanking } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';
import { want } from './journal.ts';
import type { Policy } from './policy.ts';
import { highlightOf, type StreamState } from './state.ts';

/** A highlight that scoring emitted: it becomes known once. */
export function onDetected(stream: StreamState, record: DetectedHighlight): Output[] {
  if (highlightOf(stream, record.highlightId) !== undefined) return [];
  const moment: Moment = {
    startMs: record.startMs,
    peakMs: record.peakMs,
    endMs: record.endMs,
    score: record.score,
    rank: null,
    title: '',
    tags: [],
    contributions: record.contributions,
    model: record.model,
    terms: record.terms,
    detectedAtMs: record.emittedAtMs,
  };
  const wish = { highlightId: record.highlightId, toState: 'detected', cause: 'highlights.detected', moment } as const;
  return want(stream, record.run, wish);
}

/**
 * The final ranking. Where work was held for it, the best `top` get their rank (a candidate that was not emitted
 * becomes known by it) and what is below expires; elsewhere it changes nothing.
 */
export function onRanked(stream: StreamState, record: StreamRanking, policy: Policy): Output[] {
  if (policy.hold !== 'ranking') return [];
  const best = record.candidates.slice(0, policy.top);
  const ranking = Object.fromEntries(best.map((candidate) => [candidate.highlightId, momentOf(record, candidate)]));
  stream.ranking = ranking;
  const unknown = Object.keys(ranking).filter((id) => highlightOf(stream, id) === undefined);
  return [...unknown, ...Object.keys(stream.highlights)].flatMap((id) => settleRank(stream, id, record.run));
}

/** What the ranking means for one highlight; also asked when a detection is read back after the ranking came. */
export function settleRank(stream: StreamState, highlightId: string, run: string): Output[] {
  if (stream.ranking === null) return [];
  const known = highlightOf(stream, highlightId);
  const ranked = stream.ranking[highlightId];
  const cause = 'highlights.ranked';
  if (known !== undefined && (known.state !== 'detected' || known.moment.rank !== null)) return [];
  if (ranked === undefined) {
    return want(stream, run, { highlightId, toState: 'expired', cause, reason: 'not among the best of the ranking' });
  }
  const moment = known === undefined ? ranked : { ...ranked, detectedAtMs: known.moment.detectedAtMs };
  return want(stream, run, { highlightId, toState: 'detected', cause, moment });
}

const momentOf = (record: StreamRanking, candidate: RankedCandidate): Moment => ({
  startMs: candidate.startMs,
  peakMs: candidate.peakMs,
  endMs: candidate.endMs,
  score: candidate.score,
  rank: candidate.rank,
  title: '',
  tags: [],
  contributions: candidate.contributions,
  model: record.model,
  terms: candidate.terms,
  detectedAtMs: record.lastMs ?? candidate.peakMs,
});
