import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import type { FeatureName } from '../../../src/domain/scoring/features.ts';
import { RecentMessages } from '../../../src/domain/scoring/recentmessages.ts';
import { ReorderBuffer } from '../../../src/domain/scoring/reorder.ts';
import { chatBySecond, closedSeconds, foundIn, type Happening, valuesOf } from '../../support/secondscores.ts';

const seconds = 260;
const chat = chatBySecond({ seconds, rate: () => 3 });
const troll = -77;
/** All features of chat but those that learn words as they are said (`burst_share_30`). */
const exact: readonly FeatureName[] = [
  'slope_15',
  'react_10',
  'hype_10',
  'hype_20',
  'laugh_20',
  'caps_10',
  'words_15',
  'hype_share_30',
];

const spam = (second: number, id: number, text = `WOW hahaha number ${id}`): Happening => ({
  second,
  kind: 'chat',
  id: 900_000 + id,
  user: troll,
  text,
});
const banned = (second: number): Happening => ({ second, kind: 'deletion', user: troll });
const deleted = (second: number, id: number): Happening => ({ second, kind: 'deletion', amount: 900_000 + id });

function expectSame(given: readonly Happening[], from: number): void {
  const without = closedSeconds(chat, { seconds });
  const closed = closedSeconds([...chat, ...given], { seconds });
  for (const name of exact) {
    expect(valuesOf(closed, name).slice(from), name).toEqual(valuesOf(without, name).slice(from));
  }
}

describe('what a moderator removed is taken back from the open windows', () => {
  it('a banned user was never there, from the second of the ban to the end', () => {
    const messages = [spam(150, 1), spam(150, 2), spam(155, 3), spam(158, 4)];
    const before = valuesOf(closedSeconds([...chat, ...messages], { seconds }), 'react_10')[151];
    expect(before).not.toBe(valuesOf(closedSeconds(chat, { seconds }), 'react_10')[151]);
    expectSame([...messages, banned(159)], 159);
  });

  it('nor were single messages, whenever each of them goes within the shortest window', () => {
    const message = fc.record({ second: fc.integer({ min: 60, max: 200 }), after: fc.nat({ max: 10 }) });
    const check = (messages: readonly { readonly second: number; readonly after: number }[]): void => {
      const ordered = [...messages].sort((a, b) => a.second - b.second);
      const given = ordered.flatMap(({ second, after }, id) => [
        { ...spam(second, id), user: 5_000_000 + id },
        deleted(second + after, id),
      ]);
      const last = Math.max(0, ...messages.map(({ second, after }) => second + after));
      expectSame(given, last);
    };
    fc.assert(fc.property(fc.array(message, { maxLength: 12 }), check), { numRuns: 40 });
  });

  it('a window that a message has left has learned from it; the longer ones have not', () => {
    const closed = closedSeconds([...chat, spam(100, 1), deleted(115, 1)], { seconds });
    const without = closedSeconds(chat, { seconds });
    const differs = (name: FeatureName): boolean => valuesOf(closed, name)[116] !== valuesOf(without, name)[116];
    expect(exact.filter(differs)).toEqual(['react_10', 'hype_10']);
  });

  it('nor does the expected rate know of them, when the mode changes later', () => {
    const mode: Happening = { second: 165, kind: 'mode', amount: 2, flag: true };
    const shift = (given: readonly Happening[]) =>
      valuesOf(closedSeconds([...chat, ...given], { seconds }), 'mode_shift');
    const spammed = Array.from({ length: 40 }, (_, id) => ({ ...spam(140 + (id % 10), id), user: troll }));
    expect(shift([...spammed, banned(150), mode])).toEqual(shift([mode]));
    expect(shift([...spammed, mode])).not.toEqual(shift([mode]));
  });

  it('twice is once; too late, or of somebody else, is nothing', () => {
    const messages = [spam(150, 1), spam(152, 2)];
    const once = closedSeconds([...chat, ...messages, deleted(155, 1)], { seconds });
    expect(closedSeconds([...chat, ...messages, deleted(155, 1), deleted(156, 1)], { seconds })).toEqual(once);
    const kept = closedSeconds([...chat, ...messages], { seconds });
    const others = [banned(190), deleted(155, 3), { ...banned(155), user: 0 }];
    expect(closedSeconds([...chat, ...messages, ...others], { seconds })).toEqual(kept);
  });

  it('a restart between a message and its removal changes nothing', () => {
    const given = [...chat, spam(150, 1), spam(152, 2), deleted(153, 1), banned(156)];
    const whole = closedSeconds(given, { seconds });
    for (const restartAt of [151, 153, 154, 156, 160]) {
      expect(closedSeconds(given, { seconds, restartAt })).toEqual(whole);
    }
  });

  it('a wave of accounts that are banned at once makes no highlight', () => {
    const wave = Array.from({ length: 60 }, (_, id) => ({
      ...spam(180 + Math.floor(id / 15), id, ['POGGERS', 'OMG WOW', 'hahaha', 'LETS GO'][id % 4]),
      user: 6_000_000 + id,
    }));
    const bans = wave.map(({ second, user }): Happening => ({ second, kind: 'deletion', user }));
    expect(foundIn(closedSeconds([...chat, ...wave], { seconds }))).not.toEqual([]);
    expect(foundIn(closedSeconds([...chat, ...wave, ...bans], { seconds }))).toEqual([]);
  });

  it('a removal at the time of its message comes after it, whatever their ids are', () => {
    const event = { atMs: 1000, user: 1, text: '', flag: false, amount: 0 };
    for (const [message, removal] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const waiting = new ReorderBuffer();
      waiting.insert({ ...event, kind: 'deletion', id: removal });
      waiting.insert({ ...event, kind: 'chat', id: message });
      expect([waiting.takeBefore(2000)?.kind, waiting.takeBefore(2000)?.kind]).toEqual(['chat', 'deletion']);
    }
  });
});

describe('the messages that can be taken back', () => {
  const event = { atMs: 0, kind: 'chat' as const, text: '', flag: false, amount: 0 };
  const removal = (id: number) => ({ ...event, kind: 'deletion' as const, id: 0, user: 0, amount: id });
  const bytesOf = (recent: RecentMessages): Uint8Array => {
    const out = new ByteWriter();
    recent.write(out);
    return out.finish();
  };

  it('are the newest 384, in less than 4 KiB', () => {
    const recent = new RecentMessages();
    for (let id = 1; id <= 1000; id += 1) recent.add({ ...event, id, user: -id * 1e6 }, 700_000, 63, 60);
    expect(bytesOf(recent).length).toBeLessThan(4 * 1024);
    expect(recent.takeBack(removal(616), 700_001)).toEqual([]);
    expect(recent.takeBack(removal(617), 700_001)).toEqual([{ marks: 63, words: 60, ago: 1 }]);
    expect(recent.takeBack(removal(1000), 700_031)).toEqual([{ marks: 63, words: 60, ago: 31 }]);
    expect(recent.takeBack(removal(999), 700_032)).toEqual([]);
  });

  it('are the same after they were read back, whatever was added and taken', () => {
    const step = fc.record({ id: fc.integer({ min: 1, max: 40 }), takes: fc.boolean(), wait: fc.nat({ max: 3 }) });
    const check = (steps: readonly { readonly id: number; readonly takes: boolean; readonly wait: number }[]): void => {
      const whole = new RecentMessages();
      let restored = new RecentMessages();
      let second = -5;
      for (const { id, takes, wait } of steps) {
        second += wait;
        for (const recent of [whole, restored]) if (!takes) recent.add({ ...event, id, user: id % 7 }, second, id, 2);
        if (takes) {
          expect(restored.takeBack(removal(id), second)).toEqual(whole.takeBack(removal(id), second));
        }
        restored = RecentMessages.read(new ByteReader(bytesOf(restored)));
        expect(bytesOf(restored)).toEqual(bytesOf(whole));
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), check), { numRuns: 50 });
  });
});
