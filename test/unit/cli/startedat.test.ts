import { afterEach, expect, test, vi } from 'vitest';
import { startedAtMs } from '../../../src/cli/recording/startedat.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['2026-01-10T18:00:00Z', '2026-01-10T18:00:00.000Z'],
  ['2026-01-10T18:00:00', '2026-01-10T18:00:00.000Z'],
  ['2026-01-10 18:00', '2026-01-10T18:00:00.000Z'],
  ['2026-01-10', '2026-01-10T00:00:00.000Z'],
  ['2026-01-10T18:00:00.5+02:00', '2026-01-10T16:00:00.500Z'],
  ['2026-01-10 18:00:00 -0130', '2026-01-10T19:30:00.000Z'],
])('%s is the same time in every time zone', (text, expected) => {
  vi.stubEnv('TZ', 'Asia/Tokyo');
  expect(new Date(startedAtMs(text) ?? 0).toISOString()).toBe(expected);
});

test.each(['noon', '1', '2026', '1736532000', '2026-13-01', '10.01.2026', ''])('"%s" is no time', (text) => {
  expect(() => startedAtMs(text)).toThrow(/is no time/);
});
