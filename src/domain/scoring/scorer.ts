import type { Term } from '../records.gen.ts';
import { TokenRates } from './bursts.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Candidate } from './candidate.ts';
import { Copies } from './copies.ts';
import { ChatCurves } from './curves.ts';
import { Detector, type Hindrance } from './detector.ts';
import type { ScoredEvent } from './event.ts';
import { type FeatureVector, vectorLength } from './features.ts';
import { Lookahead } from './lookahead.ts';
import { MessageReader } from './message.ts';
import { contributionsOf, rankingScoreOf, scoreOf, type Weights } from './model.ts';
import { Peaks } from './peaks.ts';
import { RecentMessages } from './recentmessages.ts';
import { SaidWords } from './saidwords.ts';
import { countIndex, Seconds } from './seconds.ts';
import { Separation } from './separation.ts';
import { Signals } from './signals.ts';
import { ADDRESS, BANTER, BLAME, BURST, CAPS, CLIP, HYPE, LAUGH, REACT, VICTORY } from './tokens.ts';
import { Voices } from './voices.ts';

/** One evaluated second. */
export interface ScoredSecond {
  /** Second of the broadcast; its zero is 0. */
  readonly second: number;
  /** All chat messages, also those that do not count. */
  readonly messages: number;
  readonly score: number;
  readonly threshold: number;
  readonly viewers: number | null;
  /** Messages that count, and the clip requests among them. */
  readonly counted: number;
  readonly clipRequests: number;
  /** Chat has been silent for so long that nothing is learned from this second. */
  readonly interrupted: boolean;
  /** What kept it from beginning a highlight; null where one begins. */
  readonly hindrance: Hindrance | null;
  /** Set where a highlight begins here. */
  readonly found: { readonly contributions: Readonly<Record<string, number>>; readonly terms: readonly Term[] } | null;
}

const messagesIndex = countIndex('messages');
const clipIndex = countIndex('clip');
const wordsIndex = countIndex('words');
const counted = [
  { mark: LAUGH, index: countIndex('laugh') },
  { mark: HYPE, index: countIndex('hype') },
  { mark: REACT, index: countIndex('react') },
  { mark: CAPS, index: countIndex('caps') },
  { mark: CLIP, index: countIndex('clip') },
  { mark: BURST, index: countIndex('burst') },
  { mark: VICTORY, index: countIndex('victory') },
  { mark: BLAME, index: countIndex('blame') },
  { mark: BANTER, index: countIndex('banter') },
  { mark: ADDRESS, index: countIndex('address') },
] as const;
const burstRatio = Math.E;
/** A maximum belongs to a highlight that was emitted at most this long before it; a cool-down lasts as long. */
const linkSec = 60;
/** After so long without a message the broadcast is thought to be interrupted: nothing is learned from what follows. */
const interruptedSec = 600;

/** Reads for all broadcasts: what it found is used up before the next message. */
const message = new MessageReader();

/** Scores a broadcast second by second. Events come in order; the second they belong to must be the open one. */
export class Scorer {
  readonly #weights: Weights;
  #seconds = new Seconds();
  #curves = new ChatCurves();
  #rates = new TokenRates();
  #voices = new Voices();
  #copies = new Copies();
  #words = new SaidWords();
  #signals = new Signals();
  #recent = new RecentMessages();
  #detector: Detector;
  #peaks = new Peaks();
  #lookahead = new Lookahead();
  #separation = new Separation();
  /** The features of the second that was closed last; the next one overwrites them. */
  readonly vector: FeatureVector = new Float32Array(vectorLength);
  /** The open second. */
  second: number;
  #messages = 0;
  #silentSec = 0;
  #lastFound: number | null = null;

  /** `started`: second 0 is a start that was reported. */
  constructor(weights: Weights, firstSecond: number, started = false) {
    if (started) this.#signals.started(0);
    this.#weights = weights;
    this.#detector = new Detector(weights.model);
    this.second = firstSecond;
  }

  /** Counts an event into the open second. */
  add(event: ScoredEvent): void {
    if (event.kind === 'chat') this.#chat(event);
    else if (event.kind === 'deletion') this.#takeBack(event);
    else {
      if (event.kind === 'clip') this.#messages += 1;
      this.#signals.add(event, this.second);
    }
  }

  #chat(event: ScoredEvent): void {
    this.#messages += 1;
    if (event.flag || event.text.startsWith('!') || !this.#voices.allow(event.user, this.second)) return;
    message.read(event.text);
    if (!this.#copies.allow(message.signature, this.second)) return;
    let marks = message.marks;
    for (const token of message.tokens) {
      const ratio = this.#rates.ratio(token.hash);
      if (ratio > burstRatio) marks |= BURST;
      this.#words.add(token, ratio, this.#rates);
    }
    for (const token of message.tokens) this.#rates.add(token.hash);
    this.#rates.addMessage();
    this.#count(marks, message.words, 1, 0);
    this.#recent.add(event, this.second, marks, message.words);
  }

  /** Adds a message `times` (1, or -1 to take it back) to the second `ago`. */
  #count(marks: number, words: number, times: number, ago: number): void {
    const seconds = this.#seconds;
    seconds.add(messagesIndex, times, ago);
    seconds.add(wordsIndex, times * words, ago);
    for (const { mark, index } of counted) if (marks & mark) seconds.add(index, times, ago);
  }

  /** Takes what a deletion names out of all windows that are open. */
  #takeBack(deletion: ScoredEvent): void {
    const taken = this.#recent.takeBack(deletion, this.second);
    for (const { marks, words, ago } of taken) this.#count(marks, words, -1, ago);
    if (taken.length > 0) this.#curves.recount(this.#seconds);
  }

  /** Closes the open second and opens the next. `perHour` is how many highlights are wished. */
  close(perHour: number): ScoredSecond {
    const vector = this.vector;
    this.#silentSec = this.#messages > 0 ? 0 : this.#silentSec + 1;
    const interrupted = this.#silentSec > interruptedSec;
    const counted = this.#seconds.get(messagesIndex, 0);
    const clipRequests = this.#seconds.get(clipIndex, 0);
    this.#curves.close(this.#seconds, vector, interrupted);
    this.#signals.close(this.second, vector, this.#seconds, interrupted);
    const score = scoreOf(this.#weights, vector);
    const { threshold, hindrance } = this.#detector.close(score, perHour, interrupted);
    if (hindrance === null) this.#lastFound = this.second;
    const peak = this.#peaks.close(score, () => this.#candidate());
    if (peak !== null) this.#lookahead.wait(peak);
    this.#rank(this.#lookahead.close(this.second, counted, clipRequests));
    const closed: ScoredSecond = {
      second: this.second,
      messages: this.#messages,
      score,
      threshold,
      viewers: this.#signals.viewers,
      counted,
      clipRequests,
      interrupted,
      hindrance,
      found:
        hindrance === null
          ? { contributions: contributionsOf(this.#weights, vector, false), terms: this.#words.terms(this.#rates) }
          : null,
    };
    this.#open(this.second + 1);
    return closed;
  }

  #candidate(): Candidate {
    const last = this.#lastFound;
    return {
      second: this.second,
      score: scoreOf(this.#weights, this.vector),
      emitted: last !== null && this.second - last <= linkSec ? last : null,
      vector: this.vector.slice(),
      terms: this.#words.terms(this.#rates),
    };
  }

  /** Maxima whose look-ahead is over. */
  #rank(maxima: readonly Candidate[]): void {
    for (const maximum of maxima) {
      this.#separation.add({ ...maximum, score: rankingScoreOf(this.#weights, maximum.vector) });
    }
  }

  #open(second: number): void {
    this.second = second;
    this.#messages = 0;
    this.#seconds.next();
    this.#rates.next();
    this.#voices.forget(second);
    this.#words.next(second);
  }

  /** Leaves out the seconds of a long silence: the next one to close is `second`. */
  skipTo(second: number): void {
    this.#rank(this.#lookahead.finish(this.second - 1));
    this.second = second;
  }

  /** The final ranking, best first. Nothing can be added afterwards. */
  finish(): readonly Candidate[] {
    const peak = this.#peaks.finish();
    if (peak !== null) this.#lookahead.wait(peak);
    this.#rank(this.#lookahead.finish(this.second - 1));
    return this.#separation.finish();
  }

  write(out: ByteWriter): void {
    out.int(this.second);
    out.uint(this.#messages);
    out.uint(this.#silentSec);
    out.optional(this.#lastFound);
    const parts = [this.#seconds, this.#curves, this.#rates, this.#voices, this.#copies, this.#words, this.#signals];
    const rest = [this.#detector, this.#peaks, this.#separation, this.#lookahead, this.#recent];
    for (const part of [...parts, ...rest]) part.write(out);
  }

  static read(input: ByteReader, weights: Weights): Scorer {
    const scorer = new Scorer(weights, input.int());
    scorer.#messages = input.uint();
    scorer.#silentSec = input.uint();
    scorer.#lastFound = input.optional();
    scorer.#seconds = Seconds.read(input);
    scorer.#curves = ChatCurves.read(input);
    scorer.#rates = TokenRates.read(input);
    scorer.#voices = Voices.read(input);
    scorer.#copies = Copies.read(input);
    scorer.#words = SaidWords.read(input);
    scorer.#signals = Signals.read(input);
    scorer.#detector = Detector.read(input, weights.model);
    scorer.#peaks = Peaks.read(input);
    scorer.#separation = Separation.read(input);
    if (input.version >= 3) scorer.#lookahead = Lookahead.read(input);
    if (input.version >= 4) scorer.#recent = RecentMessages.read(input);
    return scorer;
  }
}
