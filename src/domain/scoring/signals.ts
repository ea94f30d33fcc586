import type { ByteReader, ByteWriter } from './bytes.ts';

const raidHoldSec = 30;
const raidHoldByDecadeSec = 15;
const raidFadeSec = 30;
const markerTau = 8;
const supportTau = 600;
const supportWindowTau = 15;
const viewersTau = 300;
/** Every signal stays within minus this and plus this. */
const bound = 4;

const clip = (value: number): number => Math.min(bound, Math.max(-bound, value));

/**
 * Signals beside chat, each bounded, each exactly zero while nothing of its kind was reported.
 *
 * - raid: 0 to 4. Viewers who arrive together write together; that is no moment. It holds for 30 s and 15 s for each
 *   tenfold of the raid's size, then fades over 30 s. A raid that is small beside the audience (below 2 %) counts less.
 * - support: how far subscriptions, gifts and payments of about 15 s exceed this broadcast's own rate.
 * - viewers: 20 times the logarithm of the viewer count over its mean of about 5 minutes.
 * - markers: 4 for a person whose marker is near-certain, up to 1 for all others together; fades within seconds.
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

  viewersAre(count: number): void {
    if (this.viewers === null) this.#usualViewers = count;
    this.viewers = count;
  }

  raided(viewers: number, second: number): void {
    const audience = Math.max(5, 0.02 * (this.viewers ?? 0));
    const before = this.#raidAt(second);
    this.#raid = Math.max(before, bound * Math.min(1, viewers / audience));
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

  /** Closes a second: writes raid, support, viewers and markers to the vector from `at` on, and lets them age. */
  close(second: number, vector: Float32Array, at: number): void {
    vector[at] = this.#raidAt(second);
    vector[at + 1] = this.#support();
    vector[at + 2] = this.#viewerChange();
    vector[at + 3] = Math.min(bound, this.#trusted + this.#untrusted);
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
    return signals;
  }
}
