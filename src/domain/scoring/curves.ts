import { Baseline, shareShift } from './baseline.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { placeOf } from './features.ts';
import { RateRank } from './rank.ts';
import { countIndex, type Seconds } from './seconds.ts';

const burstTau = 300;
const shareTau = 600;

const surprise = (name: Parameters<typeof countIndex>[0], window: number): Baseline =>
  new Baseline(countIndex(name), window, burstTau);
const share = (name: Parameters<typeof countIndex>[0], window: number): Baseline =>
  new Baseline(countIndex(name), window, shareTau);

const messages = countIndex('messages');
const messagesAt = placeOf('messages_10');
const unreadAt = placeOf('unread');
/** Where fewer messages of the last minutes hold a reaction of the lists, the chat speaks another way. */
const leastRead = 0.03;

/**
 * The ten chat features of the scoring study (F10), those of rate and of what is said that were found later
 * (docs/scoring.md), and the number of messages, in constant time a second.
 */
export class ChatCurves {
  #rank = new RateRank();
  readonly #react10 = surprise('react', 10);
  readonly #hype10 = surprise('hype', 10);
  readonly #hype20 = surprise('hype', 20);
  readonly #laugh20 = surprise('laugh', 20);
  readonly #caps10 = surprise('caps', 10);
  readonly #clip20 = surprise('clip', 20);
  readonly #words15 = share('words', 15);
  readonly #messages15 = share('messages', 15);
  readonly #hype30 = share('hype', 30);
  readonly #burst30 = share('burst', 30);
  readonly #messages30 = share('messages', 30);
  readonly #rate10 = surprise('messages', 10);
  readonly #victory20 = surprise('victory', 20);
  readonly #blame20 = surprise('blame', 20);
  readonly #banter20 = surprise('banter', 20);
  readonly #address30 = share('address', 30);

  /** Those that state version 2 had. */
  #first(): readonly Baseline[] {
    const surprises = [this.#react10, this.#hype10, this.#hype20, this.#laugh20, this.#caps10, this.#clip20];
    return [...surprises, this.#words15, this.#messages15, this.#hype30, this.#burst30, this.#messages30];
  }

  #baselines(): readonly Baseline[] {
    return [...this.#first(), this.#rate10, this.#victory20, this.#blame20, this.#banter20, this.#address30];
  }

  /**
   * Closes the current second of `seconds` and writes its features to the vector. In an interruption (all windows are
   * empty) nothing is learned.
   */
  close(seconds: Seconds, vector: Float32Array, interrupted: boolean): void {
    if (!interrupted) for (const baseline of this.#baselines()) baseline.close(seconds);
    let ten = 0;
    let fifteen = 0;
    let earlier = 0;
    for (let ago = 0; ago < 30; ago += 1) {
      const count = seconds.get(messages, ago);
      if (ago < 10) ten += count;
      if (ago < 15) fifteen += count;
      else earlier += count;
    }
    vector[0] = this.#rank.next(ten, !interrupted);
    vector[1] = Math.log((fifteen + 1) / (earlier + 1));
    vector[2] = this.#react10.surprise();
    vector[3] = this.#hype10.surprise();
    vector[4] = this.#hype20.surprise();
    vector[5] = this.#laugh20.surprise();
    vector[6] = this.#caps10.surprise();
    vector[7] = shareShift(this.#words15, this.#messages15, 5, 4);
    vector[8] = shareShift(this.#hype30, this.#messages30, 0.1, 1);
    vector[9] = shareShift(this.#burst30, this.#messages30, 0.1, 1);
    vector[10] = this.#rate10.surprise();
    vector[11] = this.#victory20.surprise();
    vector[12] = this.#blame20.surprise();
    vector[13] = this.#banter20.surprise();
    vector[14] = shareShift(this.#address30, this.#messages30, 0.1, 1);
    vector[15] = this.#clip20.surprise();
    vector[messagesAt] = Math.log1p(ten);
    vector[unreadAt] = 1 - Math.min(1, this.#react10.mean() / this.#rate10.mean() / leastRead);
  }

  /** Counts of closed seconds were taken back from `seconds`, whose current second is open. */
  recount(seconds: Seconds): void {
    for (const baseline of this.#baselines()) baseline.recount(seconds);
  }

  write(out: ByteWriter): void {
    this.#rank.write(out);
    for (const baseline of this.#baselines()) baseline.write(out);
  }

  static read(input: ByteReader): ChatCurves {
    const curves = new ChatCurves();
    curves.#rank = RateRank.read(input);
    const baselines = input.version < 3 ? curves.#first() : curves.#baselines();
    for (const baseline of baselines) baseline.read(input);
    return curves;
  }
}
