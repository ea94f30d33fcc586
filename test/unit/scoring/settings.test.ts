import { describe, expect, it } from 'vitest';
import { defaultSettings, SettingsHistory } from '../../../src/domain/scoring/settings.ts';

const record = (effectiveAtMs: number, highlightsPerHour: number, latenessMs = 2000) => ({
  channelId: 'c',
  effectiveAtMs,
  highlightsPerHour,
  latenessMs,
  category: '',
  scorerVersion: '',
  hold: 'online',
  top: 10,
  presets: [],
});

describe('a channel’s settings', () => {
  it('hold from their time on, in whatever order they came', () => {
    const history = new SettingsHistory();
    for (const at of [3000, 1000, 2000]) history.add(record(at, at / 1000));
    expect([999, 1000, 1999, 2000, 9999].map((atMs) => history.at(atMs).highlightsPerHour)).toEqual([
      defaultSettings.highlightsPerHour,
      1,
      1,
      2,
      3,
    ]);
  });

  it('the last record of a time counts', () => {
    const history = new SettingsHistory();
    history.add(record(1000, 4));
    history.add(record(1000, 6));
    expect(history.at(1000).highlightsPerHour).toBe(6);
  });

  it('absurd values are kept within bounds, so that they can stop no broadcast', () => {
    const history = new SettingsHistory();
    history.add(record(0, Number.NaN, -5));
    history.add(record(1, 1e9, 1e9));
    expect(history.at(0)).toMatchObject({ highlightsPerHour: 7.5, latenessMs: 0 });
    expect(history.at(1)).toMatchObject({ highlightsPerHour: 120, latenessMs: 600_000 });
  });
});
