import { highlightId } from '../../domain/ids.ts';
import type { Ended, LiveEvent, RankedCandidate } from '../../domain/records.gen.ts';
import type { Refusal } from '../../domain/scoring/arrival.ts';
import type { Candidate } from '../../domain/scoring/candidate.ts';
import { type Lag, lagOf, startOf } from '../../domain/scoring/lag.ts';
import { contributionsOf } from '../../domain/scoring/model.ts';
import type { ScoredSecond } from '../../domain/scoring/scorer.ts';
import type { SettingsHistory } from '../../domain/scoring/settings.ts';
import type { Stream } from '../../domain/scoring/stream.ts';
import type { Output } from '../../runtime/stage.ts';

/** Which broadcast and pass a record belongs to. */
export interface Broadcast {
  readonly run: string;
  readonly streamId: string;
  readonly channelId: string;
}

const longestValue = 64 * 1024;
const encoder = new TextEncoder();

/**
 * Start and end of a moment that chat told of in a second, in event time. A start before the broadcast's zero is put
 * there, with the length kept.
 */
function spanOf(
  zeroMs: number,
  second: number,
  startLagSec: number,
  endLagSec: number,
): { startMs: number; endMs: number } {
  const start = startOf(second, startLagSec);
  return { startMs: zeroMs + start * 1000, endMs: zeroMs + (start + startLagSec - endLagSec) * 1000 };
}

export function secondRecord(broadcast: Broadcast, zeroMs: number, closed: ScoredSecond): Output {
  const { second, messages, score, threshold, viewers } = closed;
  const atMs = zeroMs + second * 1000;
  return {
    topic: 'streams.seconds',
    key: broadcast.channelId,
    record: { ...broadcast, atMs, messages, score, threshold, viewers },
  };
}

/** How far chat lags in a second of the broadcast. */
export function lagAt({ channelId }: Broadcast, stream: Stream, second: number, settings: SettingsHistory): Lag {
  const atMs = (stream.zeroMs ?? 0) + second * 1000;
  return lagOf(stream.weights.model.lag, stream.categoryAt(atMs, settings), channelId);
}

/** The highlight that begins in a closed second. It was complete once the watermark had passed the second's end. */
export function highlightRecord(broadcast: Broadcast, stream: Stream, closed: ScoredSecond, lag: Lag): Output[] {
  const { zeroMs } = stream;
  if (closed.found === null || zeroMs === null) return [];
  const { version } = stream.weights.model;
  const peakMs = zeroMs + closed.second * 1000;
  const record = {
    ...broadcast,
    ...closed.found,
    highlightId: highlightId(broadcast.streamId, version, peakMs),
    ...spanOf(zeroMs, closed.second, lag.onlineStartSec, lag.onlineEndSec),
    peakMs,
    score: closed.score,
    threshold: closed.threshold,
    emittedAtMs: peakMs + 1000 + stream.latenessMs,
    model: version,
  };
  return [{ topic: 'highlights.detected', key: broadcast.channelId, record }];
}

function rankedCandidate({ streamId, stream, zeroMs, lag }: Ranked, found: Candidate, rank: number): RankedCandidate {
  const { version } = stream.weights.model;
  const idMs = zeroMs + (found.emitted ?? found.second) * 1000;
  return {
    rank,
    highlightId: highlightId(streamId, version, idMs),
    emitted: found.emitted !== null,
    ...spanOf(zeroMs, found.second, lag.rankedStartSec, lag.rankedEndSec),
    peakMs: zeroMs + found.second * 1000,
    score: found.score,
    contributions: contributionsOf(stream.weights, found.vector, true),
    terms: found.terms,
  };
}

interface Ranked {
  readonly streamId: string;
  readonly stream: Stream;
  readonly zeroMs: number;
  readonly lag: Lag;
}

const zeroOf = (stream: Stream, endedAtMs: number): number => stream.zeroMs ?? stream.clock.now ?? endedAtMs;

/** Where the broadcast's events lie, and by which settings they were scored. */
export function endedRecord(
  broadcast: Broadcast,
  stream: Stream,
  settings: SettingsHistory,
  { input, firstOffset }: { readonly input: EndInput; readonly firstOffset: number | null },
): Output {
  const endedAtMs = input.record.atMs;
  const zeroAtMs = zeroOf(stream, endedAtMs);
  const applied = settings.between(
    Math.min(zeroAtMs, stream.firstMs ?? zeroAtMs),
    Math.max(endedAtMs, stream.lastMs ?? endedAtMs),
  );
  return {
    topic: 'streams.ended',
    key: broadcast.channelId,
    record: {
      ...broadcast,
      partition: input.partition,
      firstOffset,
      endOffset: input.offset,
      zeroAtMs,
      endedAtMs,
      settings: applied,
    },
  };
}

interface EndInput {
  readonly partition: number;
  readonly offset: number;
  readonly record: LiveEvent;
}

/** The final ranking. A broadcast without a single event has its zero at its end. */
export function rankingRecord(
  broadcast: Broadcast,
  stream: Stream,
  ranked: readonly Candidate[],
  end: { readonly atMs: number; readonly ended: Ended | null; readonly settings: SettingsHistory },
): Output {
  const zeroMs = zeroOf(stream, end.atMs);
  const { streamId } = broadcast;
  const candidates = ranked.map((found, i) => {
    const lag = lagAt(broadcast, stream, found.second, end.settings);
    return rankedCandidate({ streamId, stream, zeroMs, lag }, found, i + 1);
  });
  const { firstMs, lastMs } = stream;
  const fates = stream.fates.sum(end.ended);
  const model = stream.weights.model.version;
  return {
    topic: 'highlights.ranked',
    key: broadcast.channelId,
    record: { ...broadcast, model, zeroAtMs: zeroMs, firstMs, lastMs, candidates, fates },
  };
}

/** A refused event with its reason, kept for people to look at. Its time is the broadcast's clock: scoring knows no other. */
export function deadLetterRecord(streamId: string, stream: Stream, refused: Refusal): Output {
  const value = encoder.encode(JSON.stringify(refused.event));
  return {
    topic: 'score.dead',
    key: refused.event.channelId,
    record: {
      stage: 'score',
      topic: 'live.analytics',
      partition: refused.partition,
      offset: refused.offset,
      key: refused.event.channelId,
      headers: {},
      code: 'damaged',
      reason: refused.reason,
      value: value.slice(0, longestValue),
      valueBytes: value.length,
      streamId,
      atMs: stream.clock.now ?? 0,
    },
  };
}
