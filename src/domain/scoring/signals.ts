import type { ByteReader, ByteWriter } from './bytes.ts';
import type { ScoredEvent } from './event.ts';
import { type FeatureName, featureNames } from './features.ts';
import { ModeShift } from './modes.ts';
import type { Seconds } from './seconds.ts';
import { SupportRarity } from './supportrarity.ts';

const raidHoldSec = 30;
const raidHoldByDecadeSec = 15;
const raidFadeSec = 30;
const markerTau = 8;
const supportTau = 600;
const supportWindowTau = 15;
const viewersTau = 300;
const startHoldSec = 30;
const startFadeSec = 60;
/** Every signal stays within minus this and plus this. */
const bound = 4;

const placeOf = (name: FeatureName): number => featureNames.indexOf(name);
const places = {
  raid: placeOf('raid'),
  support: placeOf('support'),
  viewers: placeOf('viewers'),
  markers: placeOf('markers'),
  rarity: placeOf('support_rarity'),
  modeShift: placeOf('mode_shift'),
  start: placeOf('start'),
};

const clip = (value: number): number => Math.min(bound, Math.max(-bound, value));

/**
 * Signals beside chat, each bounded, each exactly zero while nothing of its kind was reported.
 *
 * - raid: 0 to 4. Viewers who arrive together, by a raid or a host, write together; that is no moment. It holds for
 *   30 s and 15 s for each tenfold of the raid's size, then fades over 30 s. A raid that is small beside the audience
 *   (below 2 %) counts less; one of unknown size (0) counts in full. A raid that is also reported as a host is one: of
 *   several at once the largest counts.
 * - support: how far subscriptions, gifts and payments of about 15 s exceed this broadcast's own rate.
 * - viewers: 20 times the logarithm of the viewer count over its mean of about 5 minutes.
 * - markers: 4 for a person whose marker or clip command is near-certain, up to 1 for all others' markers together;
 *   fades within seconds.
 * - support_rarity and mode_shift: see `SupportRarity` and `ModeShift`.
 * - start: 4 before and until 30 s after a start that was reported, then fading over 60 s: greetings are no moment.
 */
export class Signals {
  viewers: number | null = null;
  #usualViewers = 0;
  #raid = 0;
  #raidUntil = 0;
  #supportNow = 0;
  #supportBefore = 0;
  #supportWeight = 0;
  #trusted = 0;
  #untrusted = 0;
  #rarity = new SupportRarity();
  #modes = new ModeShift();
  /** Second of the broadcast's start, or null where none was reported. */
  #start: number | null = null;

  /** Takes in an event other than chat and deletions. */
  add(event: ScoredEvent, second: number): void {
    if (event.kind === 'viewers') this.viewersAre(event.amount);
    else if (event.kind === 'raid') this.raided(event.amount, second);
    else if (event.kind === 'mode') this.#modes.changed(event.amount, event.flag);
    else if (event.kind === 'support') {
      this.supported(event.amount);
      this.#rarity.supported(event.user);
    } else this.marked(event.flag || event.kind === 'clip');
  }

  started(second: number): void {
    this.#start = second;
  }

  viewersAre(count: number): void {
    if (this.viewers === null) this.#usualViewers = count;
    this.viewers = count;
  }

  raided(viewers: number, second: number): void {
    const audience = Math.max(5, 0.02 * (this.viewers ?? 0));
    const before = this.#raidAt(second);
    this.#raid = Math.max(before, bound * (viewers === 0 ? 1 : Math.min(1, viewers / audience)));
    const until = second + raidHoldSec + Math.round(raidHoldByDecadeSec * Math.log10(1 + viewers));
    // Seconds before the broadcast's start are negative: without a raid there is nothing to take the later of.
    this.#raidUntil = before === 0 ? until : Math.max(this.#raidUntil, until);
  }

  supported(count: number): void {
    this.#supportNow += Math.log2(1 + Math.max(1, count));
  }

  marked(trusted: boolean): void {
    if (trusted) this.#trusted = bound;
    else this.#untrusted = Math.min(1, this.#untrusted + 0.25);
  }

  #raidAt(second: number): number {
    if (second <= this.#raidUntil) return this.#raid;
    return this.#raid * Math.max(0, 1 - (second - this.#raidUntil) / raidFadeSec);
  }

  #support(): number {
    if (this.#supportNow === 0) return 0;
    const expected = (this.#supportBefore / (this.#supportWeight + 30)) * supportWindowTau;
    return clip(Math.max(0, Math.asinh((this.#supportNow - expected) / Math.sqrt(expected + 1))));
  }

  #viewerChange(): number {
    if (this.viewers === null) return 0;
    return clip(20 * Math.log((this.viewers + 1) / (this.#usualViewers + 1)));
  }

  #startAt(second: number): number {
    if (this.#start === null) return 0;
    return bound * Math.min(1, Math.max(0, 1 - (second - this.#start - startHoldSec) / startFadeSec));
  }

  /** Closes a second, which is the current one of `seconds`: writes all signals to the vector and lets them age. */
  close(second: number, vector: Float32Array, seconds: Seconds, interrupted: boolean): void {
    vector[places.raid] = this.#raidAt(second);
    vector[places.support] = this.#support();
    vector[places.viewers] = this.#viewerChange();
    vector[places.markers] = Math.min(bound, this.#trusted + this.#untrusted);
    vector[places.rarity] = this.#rarity.close();
    vector[places.modeShift] = this.#modes.close(seconds, interrupted);
    vector[places.start] = this.#startAt(second);
    this.#age();
  }

  #age(): void {
    const leaving = this.#supportNow * (1 - Math.exp(-1 / supportWindowTau));
    this.#supportNow = this.#supportNow - leaving < 1e-6 ? 0 : this.#supportNow - leaving;
    this.#supportBefore = this.#supportBefore * Math.exp(-1 / supportTau) + leaving;
    this.#supportWeight = this.#supportWeight * Math.exp(-1 / supportTau) + 1;
    if (this.viewers !== null) this.#usualViewers += (this.viewers - this.#usualViewers) / viewersTau;
    const kept = Math.exp(-1 / markerTau);
    this.#trusted = this.#trusted < 1e-3 ? 0 : this.#trusted * kept;
    this.#untrusted = this.#untrusted < 1e-3 ? 0 : this.#untrusted * kept;
  }

  write(out: ByteWriter): void {
    out.optional(this.viewers);
    for (const value of [this.#usualViewers, this.#raid, this.#supportNow, this.#supportBefore]) out.f64(value);
    for (const value of [this.#supportWeight, this.#trusted, this.#untrusted]) out.f64(value);
    out.int(this.#raidUntil);
    this.#rarity.write(out);
    this.#modes.write(out);
    out.optional(this.#start);
  }

  static read(input: ByteReader): Signals {
    const signals = new Signals();
    signals.viewers = input.optional();
    signals.#usualViewers = input.f64();
    signals.#raid = input.f64();
    signals.#supportNow = input.f64();
    signals.#supportBefore = input.f64();
    signals.#supportWeight = input.f64();
    signals.#trusted = input.f64();
    signals.#untrusted = input.f64();
    signals.#raidUntil = input.int();
    if (input.version < 4) return signals;
    signals.#rarity = SupportRarity.read(input);
    signals.#modes = ModeShift.read(input);
    signals.#start = input.optional();
    return signals;
  }
}
