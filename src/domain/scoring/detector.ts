import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Model } from './model.ts';

/** What keeps a second from beginning a highlight. */
export type Hindrance = 'threshold' | 'warm-up' | 'cool-down' | 'not-rearmed';

/** A closed second: the threshold that was in force, and what kept it from beginning a highlight; null where one begins. */
export interface Detection {
  readonly threshold: number;
  readonly hindrance: Hindrance | null;
}

/** For how many times the wished interval between highlights the threshold falls no faster than usual. */
const patience = 3;
/** How much the first threshold falls with the logarithm of the wished rate, from the study's table of fixed thresholds. */
const studyByLogRate = 0.3;

/**
 * Finds the second in which the score first reaches the threshold: after a warm-up, once, then not before a cool-down is
 * over and the score has been well below. The threshold is steered towards the wished number of highlights an hour: up
 * by a step with each, down by as much in the time that one should take; and ever faster where none has come for three
 * times that time, so that a chat whose scores lie low as a whole (a language without lists, few emotes) is heard, too.
 */
export class Detector {
  readonly #model: Model;
  #threshold: number | null = null;
  #armed = true;
  #sinceStart = 0;
  #sinceLast: number | null = null;

  constructor(model: Model) {
    this.#model = model;
  }

  #begin(perHour: number): number {
    const { perHour: usual, byLogRate = studyByLogRate } = this.#model.controller;
    return this.#model.threshold + byLogRate * Math.log(usual / perHour);
  }

  /** Threshold in force in the next second. */
  #lower(perHour: number, interrupted: boolean): number {
    const { step, lowest, highest } = this.#model.controller;
    const before = this.#threshold ?? this.#begin(perHour);
    return Math.min(
      highest,
      Math.max(lowest, interrupted ? before : before - this.#hurry(perHour) * ((step * perHour) / 3600)),
    );
  }

  /** How many times as fast as usual the threshold falls. */
  #hurry(perHour: number): number {
    const { impatience = 0 } = this.#model.controller;
    const waited = ((this.#sinceLast ?? this.#sinceStart) * perHour) / 3600;
    return 1 + impatience * Math.max(0, waited - patience);
  }

  /**
   * Closes a second. In an interruption the threshold stays, only signals beside chat can make a highlight, and a warm-up
   * follows it.
   */
  close(score: number, perHour: number, interrupted: boolean): Detection {
    const { controller, rearm } = this.#model;
    const threshold = this.#lower(perHour, interrupted);
    if (this.#sinceLast !== null) this.#sinceLast += 1;
    if (score < threshold - rearm) this.#armed = true;
    const hindrance = score < threshold ? 'threshold' : this.#waits(interrupted);
    this.#sinceStart = interrupted ? 0 : this.#sinceStart + 1;
    this.#threshold = threshold;
    if (hindrance === null) {
      this.#armed = false;
      this.#sinceLast = 0;
      this.#threshold = Math.min(controller.highest, threshold + controller.step);
    }
    return { threshold, hindrance };
  }

  /** What a second that reached the threshold has to wait for. */
  #waits(interrupted: boolean): Hindrance | null {
    const { coolDownSec, warmUpSec } = this.#model;
    if (!interrupted && this.#sinceStart < warmUpSec) return 'warm-up';
    if (this.#sinceLast !== null && this.#sinceLast < coolDownSec) return 'cool-down';
    return this.#armed ? null : 'not-rearmed';
  }

  write(out: ByteWriter): void {
    out.optional(this.#threshold);
    out.flag(this.#armed);
    out.uint(this.#sinceStart);
    out.optional(this.#sinceLast);
  }

  static read(input: ByteReader, model: Model): Detector {
    const detector = new Detector(model);
    detector.#threshold = input.optional();
    detector.#armed = input.flag();
    detector.#sinceStart = input.uint();
    detector.#sinceLast = input.optional();
    return detector;
  }
}
