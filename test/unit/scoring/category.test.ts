import { describe, expect, it } from 'vitest';
import { defaultModel, weightsOf } from '../../../src/domain/scoring/model.ts';
import { SettingsHistory } from '../../../src/domain/scoring/settings.ts';
import { Stream } from '../../../src/domain/scoring/stream.ts';

function settings(...records: readonly [atMs: number, category: string][]): SettingsHistory {
  const history = new SettingsHistory();
  for (const [effectiveAtMs, category] of records) {
    const rest = { highlightsPerHour: 7.5, latenessMs: 2000, scorerVersion: '' };
    history.add({ effectiveAtMs, category, ...rest });
  }
  return history;
}

function broadcast(category: string): Stream {
  const stream = new Stream(weightsOf(defaultModel), 2000);
  stream.start(1_000_000, category);
  return stream;
}

describe('the category of a moment', () => {
  it('is what the start of the broadcast said', () => {
    expect(broadcast('Chess').categoryAt(1_500_000, settings([500_000, 'Football']))).toBe('Chess');
  });

  it('is what the channel’s settings say where the start said nothing', () => {
    expect(broadcast('').categoryAt(1_500_000, settings([500_000, 'Football']))).toBe('Football');
  });

  it('changes on air with the settings', () => {
    const history = settings([500_000, 'Football'], [2_000_000, 'Dota 2']);
    const stream = broadcast('Chess');
    expect([1_999_999, 2_000_000].map((atMs) => stream.categoryAt(atMs, history))).toEqual(['Chess', 'Dota 2']);
  });

  it('is empty where nobody said anything', () => {
    expect(broadcast('').categoryAt(1_500_000, settings())).toBe('');
  });
});
