import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepingScope, nodeScopes, parseChannelScope, spendingScope, windowMs } from '../../../src/domain/scopes.ts';

const time = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

test('a scope says whose it is, of what, and from when, whatever the channel is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), time, (channelId, atMs) => {
      for (const what of ['fetchedBytes', 'renderSeconds', 'llmTokens', 'llmCost'] as const) {
        const named = parseChannelScope(spendingScope(channelId, what, atMs));
        expect(named).toEqual({ channelId, what, fromMs: Math.floor(atMs / windowMs[what]) * windowMs[what] });
      }
      for (const what of ['clipBytes', 'clipCount'] as const) {
        expect(parseChannelScope(keepingScope(channelId, what))).toEqual({ channelId, what, fromMs: undefined });
      }
    }),
  );
});

test('no two channels, times or kinds meet in one scope, and none is a node’s', () => {
  const id = fc.constantFrom('a', 'a:b', 'b', 'a:fetchedBytes', '{a}', 'a%3Ab', ' ', '');
  fc.assert(
    fc.property(id, id, (one, other) => {
      fc.pre(one !== other);
      expect(keepingScope(one, 'clipBytes')).not.toBe(keepingScope(other, 'clipBytes'));
      expect(spendingScope(one, 'fetchedBytes', 0)).not.toMatch(/[{}\s]/);
    }),
  );
  const { cache, work } = nodeScopes('channel:a:clipBytes');
  expect([cache, work].map(parseChannelScope)).toEqual([undefined, undefined]);
});

test('names are of hours and days of UTC', () => {
  const at = Date.UTC(2026, 9, 1, 23, 59, 59);
  expect(spendingScope('c', 'fetchedBytes', at)).toBe('channel:c:fetchedBytes:2026-10-01T23');
  expect(spendingScope('c', 'fetchedBytes', at + 1_000)).toBe('channel:c:fetchedBytes:2026-10-02T00');
  expect(spendingScope('c', 'renderSeconds', at)).toBe('channel:c:renderSeconds:2026-10-01');
  expect(spendingScope('c', 'llmTokens', at)).toBe('channel:c:llmTokens:2026-10-01');
  expect(spendingScope('c', 'llmCost', at + 1_000)).toBe('channel:c:llmCost:2026-10-02');
  for (const what of ['renderSeconds', 'llmTokens', 'llmCost']) {
    expect(parseChannelScope(`channel:c:${what}:2026-10-01T23`)).toBeUndefined();
  }
});
