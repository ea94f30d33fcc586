import { highlightId } from '../../domain/ids.ts';
import type { RankedCandidate } from '../../domain/records.gen.ts';
import { type Explanation, explain } from '../../domain/scoring/explain/explanation.ts';
import { momentSec } from '../../domain/scoring/explain/outcome.ts';
import { type Lag, startOf } from '../../domain/scoring/lag.ts';
import type { Model } from '../../domain/scoring/model.ts';
import { printable } from '../printable.ts';
import type { ScoredBroadcast, Trace } from './trace.ts';

/** A message around the explained second; seconds are of the chat's clock. */
export interface SaidNear {
  readonly sec: number;
  readonly user: string;
  readonly text: string;
}

/** Chat is told from so long before the explained second to the end of this many seconds after it. */
const saidBeforeSec = 20;
const saidAfterSec = 5;

/** An explanation with everything that belongs to it. */
export interface Explained {
  readonly streamId: string;
  readonly model: Model;
  readonly explanation: Explanation;
  /** Second of the chat's clock at the broadcast's zero, to be added to the explanation's seconds. */
  readonly zeroSec: number;
  /** Highlights an hour that were wished there. */
  readonly wish: number;
  /** Of the highlight that was emitted for it. */
  readonly highlightId: string | null;
  /** Where the lag of chat puts the moment, with standard deviations; null of errors that the model does not know. */
  readonly moment: {
    readonly startSec: number;
    readonly endSec: number;
    readonly startErrorSec: number | null;
    readonly endErrorSec: number | null;
  };
  /** The nearest candidate of the final ranking, at most `momentSec` away. */
  readonly ranked: { readonly rank: number; readonly score: number; readonly sec: number } | null;
  readonly said: { readonly fromSec: number; readonly toSec: number; readonly messages: readonly SaidNear[] };
}

export interface Sources {
  readonly streamId: string;
  /** Event time of the clock by which seconds are told. */
  readonly clockZeroMs: number;
  readonly scored: ScoredBroadcast;
  readonly trace: Trace;
  readonly candidates: readonly RankedCandidate[];
  /** Highlights an hour that were wished at an event time. */
  readonly wishAt: (atMs: number) => number;
}

/** Explains the second of an event time; null where that was not scored. */
export function explained(sources: Sources, atMs: number): Explained | null {
  const { streamId, clockZeroMs, scored, trace } = sources;
  const { zeroMs, weights, seconds } = scored;
  const explanation = explain(weights, seconds, Math.floor((atMs - zeroMs) / 1_000));
  if (explanation === null) return null;
  const msOf = (second: number): number => zeroMs + second * 1_000;
  const secOf = (ms: number): number => (ms - clockZeroMs) / 1_000;
  const peakMs = msOf(explanation.explained.second);
  const { emittedSecond } = explanation.outcome;
  const fromMs = peakMs - saidBeforeSec * 1_000;
  const toMs = peakMs + (saidAfterSec + 1) * 1_000;
  const messages = trace
    .messages(fromMs, toMs)
    .map((message) => ({ sec: secOf(message.atMs), user: message.user.slice(0, 8), text: printable(message.text) }));
  return {
    streamId,
    model: weights.model,
    explanation,
    zeroSec: secOf(zeroMs),
    wish: sources.wishAt(peakMs + 1_000),
    highlightId: emittedSecond === null ? null : highlightId(streamId, weights.model.version, msOf(emittedSecond)),
    moment: momentOf(scored.lag, emittedSecond ?? explanation.explained.second, secOf(zeroMs)),
    ranked: nearestRanked(sources.candidates, peakMs, secOf),
    said: { fromSec: secOf(fromMs), toSec: secOf(toMs), messages },
  };
}

function momentOf(lag: Lag, second: number, zeroSec: number): Explained['moment'] {
  const startSec = startOf(second, lag.onlineStartSec);
  const endSec = startSec + lag.onlineStartSec - lag.onlineEndSec;
  const errors = { startErrorSec: lag.startErrorSec ?? null, endErrorSec: lag.endErrorSec ?? null };
  return { startSec: zeroSec + startSec, endSec: zeroSec + endSec, ...errors };
}

function nearestRanked(
  candidates: readonly RankedCandidate[],
  atMs: number,
  secOf: (ms: number) => number,
): Explained['ranked'] {
  const away = ({ peakMs }: RankedCandidate): number => Math.abs(peakMs - atMs);
  const [nearest] = candidates
    .filter((candidate) => away(candidate) <= momentSec * 1_000)
    .sort((a, b) => away(a) - away(b));
  return nearest === undefined ? null : { rank: nearest.rank, score: nearest.score, sec: secOf(nearest.peakMs) };
}
