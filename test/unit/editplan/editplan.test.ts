import { describe, expect, it } from 'vitest';
import { editPlan } from '../../../src/domain/editplan.ts';
import { presetHash, presetNamed, presets } from '../../../src/domain/presets.ts';

const request = {
  preset: presetNamed('source'),
  fromMs: 1000,
  toMs: 9000,
  peakMs: 12_000,
  hasVideo: true,
  hasAudio: false,
  title: 'x',
};

describe('an edit plan', () => {
  it('is equal for equal input, with the peak inside the cut', () => {
    expect(editPlan(request)).toEqual(editPlan({ ...request }));
    expect(editPlan(request)).toMatchObject({ startMs: 1000, endMs: 9000, peakMs: 9000, hasAudio: false });
  });

  it('is never made of nothing', () => {
    expect(() => editPlan({ ...request, toMs: 1000 })).toThrow(/cannot cut/);
    expect(() => editPlan({ ...request, toMs: Number.NaN })).toThrow(/cannot cut/);
  });
});

describe('presets', () => {
  it('have a hash of what they say, which does not depend on the order of its fields or the name', () => {
    expect(presetHash({ name: 'a', method: 'copy' })).toBe(presetHash({ method: 'copy', name: 'b' }));
    const hashes = Object.values(presets).map(presetHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('that do not exist are refused with those that do', () => {
    expect(() => presetNamed('vertical')).toThrow(
      expect.objectContaining({ code: 'usage', hint: 'use one of: source, copy' }),
    );
    expect(() => presetNamed('constructor')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
