import type { LiveEvent } from '../../domain/records.gen.ts';
import type { TracedSecond } from '../../domain/scoring/explain/explanation.ts';
import type { FeatureVector } from '../../domain/scoring/features.ts';
import { type Lag, lagOf } from '../../domain/scoring/lag.ts';
import type { Weights } from '../../domain/scoring/model.ts';
import type { ScoredSecond } from '../../domain/scoring/scorer.ts';
import type { ScoreWatch } from '../../stages/score/stage.ts';

/** A message of the chat; its author is a pseudonym. */
export interface TracedMessage {
  readonly atMs: number;
  readonly user: string;
  readonly text: string;
}

/** What the scorer did with one broadcast. */
export interface ScoredBroadcast {
  readonly zeroMs: number;
  readonly weights: Weights;
  readonly seconds: readonly TracedSecond[];
  /** How far chat lags in it, by its channel and the category that its start told. */
  readonly lag: Lag;
}

/** So much chat is kept around the second that is asked for: what features look back to, and a maximum may lie apart. */
const keptBeforeMs = 60_000;
const keptAfterMs = 30_000;

/** Keeps every second of a broadcast as it is scored, and the messages around one event time. */
export class Trace implements ScoreWatch {
  private readonly aroundMs: number;
  private readonly seconds: TracedSecond[] = [];
  private found: { readonly zeroMs: number; readonly weights: Weights } | undefined;
  private readonly kept: TracedMessage[] = [];
  private channelId = '';
  private category = '';

  constructor(aroundMs: number) {
    this.aroundMs = aroundMs;
  }

  event({ atMs, chat, channelId, started }: LiveEvent): void {
    this.channelId = channelId;
    this.category = started?.category ?? this.category;
    if (chat === null || atMs < this.aroundMs - keptBeforeMs || atMs > this.aroundMs + keptAfterMs) return;
    this.kept.push({ atMs, user: chat.userId, text: chat.text });
  }

  closed(closed: ScoredSecond, vector: FeatureVector, zeroMs: number, weights: Weights): void {
    this.found ??= { zeroMs, weights };
    this.seconds.push({ ...closed, vector: vector.slice() });
  }

  /** Null where not a single second was scored. */
  get broadcast(): ScoredBroadcast | null {
    if (this.found === undefined) return null;
    const lag = lagOf(this.found.weights.model.lag, this.category, this.channelId);
    return { ...this.found, seconds: this.seconds, lag };
  }

  /** Messages of a range of event time, in its order. */
  messages(fromMs: number, toMs: number): readonly TracedMessage[] {
    return this.kept.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).sort((a, b) => a.atMs - b.atMs);
  }
}
