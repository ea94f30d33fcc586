import type { ByteReader, ByteWriter } from './bytes.ts';
import { defaultLatenessMs, jumpMs } from './limits.ts';

const most = 32;

/** What scoring uses of a channel's settings. */
export interface ScoreSettings {
  readonly effectiveAtMs: number;
  /** From 0.1 to 120. */
  readonly highlightsPerHour: number;
  /** From 0 to ten minutes. */
  readonly latenessMs: number;
  readonly scorerVersion: string;
  /** The platform's name of what is shown, or empty. */
  readonly category: string;
}

/** What holds where a channel has no settings. */
export const defaultSettings: ScoreSettings = {
  effectiveAtMs: 0,
  highlightsPerHour: 7.5,
  latenessMs: defaultLatenessMs,
  scorerVersion: '',
  category: '',
};

const within = (value: number, low: number, high: number, otherwise: number): number =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;

/** A channel's settings over event time; the newest 32 are kept. */
export class SettingsHistory {
  #records: ScoreSettings[] = [];

  add(record: ScoreSettings): void {
    const { effectiveAtMs, scorerVersion, category } = record;
    const highlightsPerHour = within(record.highlightsPerHour, 0.1, 120, defaultSettings.highlightsPerHour);
    const latenessMs = Math.round(within(record.latenessMs, 0, jumpMs, defaultLatenessMs));
    const others = this.#records.filter((known) => known.effectiveAtMs !== effectiveAtMs);
    others.push({ effectiveAtMs, highlightsPerHour, latenessMs, scorerVersion, category });
    this.#records = others.sort((a, b) => a.effectiveAtMs - b.effectiveAtMs).slice(-most);
  }

  /** The settings in force at an event time. */
  at(atMs: number): ScoreSettings {
    return this.#records.findLast((known) => known.effectiveAtMs <= atMs) ?? defaultSettings;
  }

  /** Those in force between two event times, oldest first; empty where the defaults held throughout. */
  between(fromMs: number, toMs: number): readonly ScoreSettings[] {
    const first = this.#records.findLastIndex((known) => known.effectiveAtMs <= fromMs);
    return this.#records.slice(Math.max(0, first)).filter((known) => known.effectiveAtMs <= toMs);
  }

  write(out: ByteWriter): void {
    out.uint(this.#records.length);
    for (const known of this.#records) {
      out.f64(known.effectiveAtMs);
      out.f64(known.highlightsPerHour);
      out.uint(known.latenessMs);
      out.text(known.scorerVersion);
      out.text(known.category);
    }
  }

  static read(input: ByteReader): SettingsHistory {
    const history = new SettingsHistory();
    history.#records = input.list(() => ({
      effectiveAtMs: input.f64(),
      highlightsPerHour: input.f64(),
      latenessMs: input.uint(),
      scorerVersion: input.text(),
      category: input.version < 3 ? '' : input.text(),
    }));
    return history;
  }
}
