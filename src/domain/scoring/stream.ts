import type { Arrival, Refusal } from './arrival.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candidate } from './candidate.ts';
import { EventClock } from './clock.ts';
import { isScored, type ScoredEvent, scoredEvent } from './event.ts';
import { FateCounts } from './fates.ts';
import { faultOf } from './faults.ts';
import type { FeatureVector } from './features.ts';
import { JumpGuard } from './jumps.ts';
import { earliestMs, farthestJumpMs, jumpMs, longestSilenceSec } from './limits.ts';
import type { Weights } from './model.ts';
import { RecentIds } from './recentids.ts';
import { ReorderBuffer } from './reorder.ts';
import { type ScoredSecond, Scorer } from './scorer.ts';
import type { SettingsHistory } from './settings.ts';

const unconfirmed = 'atMs is more than 10 minutes ahead of the broadcast, and nothing confirmed it';

/**
 * A broadcast: what came goes through the jump guard, waits until the watermark has passed it, and is scored in the
 * order of its time. Everything depends on the records alone.
 */
export class Stream {
  readonly weights: Weights;
  /** How long after the latest event an earlier one is still waited for; fixed at the broadcast's first record. */
  readonly latenessMs: number;
  fates = new FateCounts();
  clock = new EventClock();
  /** Event time of the broadcast's zero: its start, else the second of the first processed event. */
  zeroMs: number | null = null;
  firstMs: number | null = null;
  lastMs: number | null = null;
  /** Told of each closed second with its features (which the next one overwrites) and the zero; it must change nothing. */
  onClosed: ((closed: ScoredSecond, vector: FeatureVector, zeroMs: number) => void) | null = null;
  #startedMs: number | null = null;
  #category = '';
  #watermark = Number.NEGATIVE_INFINITY;
  #jumps = new JumpGuard();
  #waiting = new ReorderBuffer();
  #ids = new RecentIds();
  #scorer: Scorer | null = null;

  constructor(weights: Weights, latenessMs: number) {
    this.weights = weights;
    this.latenessMs = latenessMs;
  }

  /** Event time up to which everything is scored, in milliseconds; null before the first. */
  get watermark(): number | null {
    return this.#watermark === Number.NEGATIVE_INFINITY ? null : this.#watermark;
  }

  /** The broadcast's start; without one its first event starts the clock. One that comes after scoring began is too late. */
  start(atMs: number, category: string): void {
    if (this.#category === '') this.#category = category;
    if (this.#startedMs !== null || this.#scorer !== null) return;
    this.#startedMs = atMs;
    this.clock.start(atMs);
  }

  /** What is shown at an event time: what the channel's settings say that came into force on air, else what the start said. */
  categoryAt(atMs: number, settings: SettingsHistory): string {
    const { category, effectiveAtMs } = settings.at(atMs);
    const isNewer = effectiveAtMs > (this.#startedMs ?? Number.NEGATIVE_INFINITY);
    return category !== '' && (this.#category === '' || isNewer) ? category : this.#category;
  }

  /** Takes an event in; returns those that turned out to be unusable by it. */
  take(arrival: Arrival): Refusal[] {
    const { event } = arrival;
    const fault = faultOf(event) ?? this.#timeFault(event.atMs);
    if (fault !== null) return this.#refuse([arrival], fault);
    if (!isScored(event.kind)) {
      this.fates.ignored += 1;
      return [];
    }
    if (this.clock.now === null || event.atMs <= this.clock.now + jumpMs) {
      this.#admit(arrival);
      return [];
    }
    return this.#hold(arrival);
  }

  #timeFault(atMs: number): string | null {
    const { now } = this.clock;
    if (now !== null && atMs > now + farthestJumpMs) return 'atMs is more than 7 days ahead of the broadcast';
    const started = this.#startedMs;
    return started !== null && atMs < started - earliestMs ? 'atMs is more than a day before the start' : null;
  }

  #refuse(arrivals: readonly Arrival[], reason: string): Refusal[] {
    this.fates.deadLettered += arrivals.length;
    return arrivals.map((arrival) => ({ ...arrival, reason }));
  }

  #hold(arrival: Arrival): Refusal[] {
    if (this.#jumps.has(arrival.event.eventId)) {
      this.fates.duplicate += 1;
      return [];
    }
    const givenUp = this.#jumps.hold(arrival);
    for (const released of this.#jumps.confirmed()) this.#admit(released);
    return this.#refuse(givenUp, `${unconfirmed} in time`);
  }

  #admit({ event }: Arrival): void {
    if (!isScored(event.kind)) return;
    const scored = scoredEvent(event, event.kind);
    if (this.#ids.has(scored.id)) {
      this.fates.duplicate += 1;
      return;
    }
    this.clock.saw(event.source, event.atMs);
    if (event.atMs < this.#watermark) {
      this.fates.late += 1;
      return;
    }
    this.#ids.waits(scored.id);
    this.#waiting.insert(scored);
  }

  /** Moves the watermark and scores what it passed; returns the seconds that are complete. */
  advance(settings: SettingsHistory): ScoredSecond[] {
    const low = this.clock.low();
    if (low !== null) this.#watermark = Math.max(this.#watermark, low - this.latenessMs);
    const seconds: ScoredSecond[] = [];
    this.#scoreBefore(this.#watermark, settings, seconds);
    while (this.#waiting.isOverfull) {
      const oldest = this.#waiting.takeBefore(Number.POSITIVE_INFINITY);
      if (oldest === undefined) break;
      this.#watermark = Math.max(this.#watermark, oldest.atMs);
      this.#score(oldest, settings, seconds);
    }
    if (this.zeroMs !== null) this.#closeTo(Math.floor((this.#watermark - this.zeroMs) / 1000), settings, seconds);
    this.#ids.forgetBefore(this.#watermark - this.latenessMs);
    return seconds;
  }

  #scoreBefore(atMs: number, settings: SettingsHistory, seconds: ScoredSecond[]): void {
    for (let next = this.#waiting.takeBefore(atMs); next !== undefined; next = this.#waiting.takeBefore(atMs)) {
      this.#score(next, settings, seconds);
    }
  }

  #score(event: ScoredEvent, settings: SettingsHistory, seconds: ScoredSecond[]): void {
    this.zeroMs ??= this.#startedMs ?? Math.floor(event.atMs / 1000) * 1000;
    const second = Math.floor((event.atMs - this.zeroMs) / 1000);
    this.#scorer ??= new Scorer(this.weights, Math.min(0, second), this.#startedMs !== null);
    this.#closeTo(second, settings, seconds);
    this.#scorer.add(event);
    this.#ids.processed(event.id, event.atMs);
    this.fates.processed += 1;
    this.firstMs ??= event.atMs;
    this.lastMs = event.atMs;
  }

  /** Closes all seconds before the given one. */
  #closeTo(second: number, settings: SettingsHistory, seconds: ScoredSecond[]): void {
    const scorer = this.#scorer;
    if (scorer === null || this.zeroMs === null) return;
    while (scorer.second < second) {
      const endMs = this.zeroMs + (scorer.second + 1) * 1000;
      const closed = scorer.close(settings.at(endMs).highlightsPerHour);
      this.onClosed?.(closed, scorer.vector, this.zeroMs);
      seconds.push(closed);
      if (second - scorer.second > longestSilenceSec) scorer.skipTo(second - longestSilenceSec);
    }
  }

  /** The broadcast's end: everything that waits is scored, what was never confirmed is given up. */
  end(
    atMs: number,
    settings: SettingsHistory,
  ): { refused: Refusal[]; seconds: ScoredSecond[]; ranked: readonly Candidate[] } {
    const refused = this.#refuse(this.#jumps.drain(), unconfirmed);
    const seconds: ScoredSecond[] = [];
    this.#scoreBefore(Number.POSITIVE_INFINITY, settings, seconds);
    if (this.zeroMs === null || this.lastMs === null) return { refused, seconds, ranked: [] };
    const now = this.clock.now ?? this.lastMs;
    const endMs = atMs > now + jumpMs ? now : atMs;
    const lastSecond = Math.floor((this.lastMs - this.zeroMs) / 1000);
    this.#closeTo(Math.max(lastSecond + 1, Math.floor((endMs - this.zeroMs) / 1000)), settings, seconds);
    return { refused, seconds, ranked: this.#scorer?.finish() ?? [] };
  }

  write(out: ByteWriter): void {
    out.uint(this.latenessMs);
    for (const value of [this.zeroMs, this.firstMs, this.lastMs, this.#startedMs]) out.optional(value);
    out.f64(this.#watermark);
    for (const part of [this.fates, this.clock, this.#jumps, this.#waiting, this.#ids]) part.write(out);
    out.text(this.#category);
    out.flag(this.#scorer !== null);
    this.#scorer?.write(out);
  }

  static read(input: ByteReader, weights: Weights): Stream {
    const stream = new Stream(weights, input.uint());
    stream.zeroMs = input.optional();
    stream.firstMs = input.optional();
    stream.lastMs = input.optional();
    stream.#startedMs = input.optional();
    stream.#watermark = input.f64();
    stream.fates = FateCounts.read(input);
    stream.clock = EventClock.read(input);
    stream.#jumps = JumpGuard.read(input);
    stream.#waiting = ReorderBuffer.read(input);
    stream.#ids = RecentIds.read(input, stream.#waiting.ids());
    if (input.version >= 3) stream.#category = input.text();
    if (input.flag()) stream.#scorer = Scorer.read(input, weights);
    return stream;
  }
}
