import type { Place } from './join.ts';

/** What a process of its own does in a cluster, until SIGTERM. */
export type Part = ScorePart | RefinePart;

export interface ScorePart {
  readonly stage: 'score';
  /** Ends by itself when the rankings of so many streams are there. */
  readonly untilRanked?: number;
  /** Says `read` when it has taken in so many live events. */
  readonly saysRead?: number;
  /**
   * Sends itself a signal at this append to the log, or to the changelog: before it where the number is odd, right after
   * it where it is even.
   */
  readonly atWrite?: {
    readonly number: number;
    readonly to?: 'score.changelog';
    readonly signal: 'SIGKILL' | 'SIGSTOP';
  };
  /** The next version of the state: reads this one's and its own, writes its own. */
  readonly isNext?: boolean;
}

export interface RefinePart {
  readonly stage: 'refine';
  readonly concurrency: number;
  readonly seed: number;
}

/** What the process is given, as JSON, for its only argument. */
export interface ChildSpec {
  readonly place: Place;
  readonly node: string;
  readonly part: Part;
}
