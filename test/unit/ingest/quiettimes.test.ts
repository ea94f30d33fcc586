import { describe, expect, test } from 'vitest';
import { QuietTimes, type TimedEvent } from '../../../src/stages/ingest/quiettimes.ts';

const minute = 60_000;
const at = (minutes: number, user = ''): TimedEvent => ({ atMs: minutes * minute, user });

/** Minutes at which silence is marked before each of the events, where there is any. */
function marked(...events: readonly TimedEvent[]): readonly (readonly number[])[] {
  const quiet = new QuietTimes(0);
  const all = events.map((event, index) => quiet.before(event, events.slice(index + 1)).map((ms) => ms / minute));
  return all.filter((marks) => marks.length > 0);
}

const talk = (from: number, count: number, users = ['a', 'b']): TimedEvent[] =>
  Array.from({ length: count }, (_, index) => at(from + index / 10, users[index % users.length]));

describe('silence in a recording', () => {
  test('two users who go on after 35 minutes end a silence, which is marked so that no step is over ten minutes', () => {
    expect(marked(...talk(0, 20), ...talk(37, 4))).toEqual([[11.9, 21.9, 31.9]]);
  });

  test('a chat that begins late, if only with one message, was silent before', () => {
    expect(marked(at(25, 'a'))).toEqual([[10, 20]]);
    expect(marked(...talk(25, 3))).toEqual([[10, 20]]);
  });

  test('a single message far ahead is no silence, in the middle or at the end, nor are many of one user', () => {
    expect(marked(...talk(0, 20), at(50, 'c'), ...talk(2, 20))).toEqual([]);
    expect(marked(...talk(0, 20), at(50, 'c'))).toEqual([]);
    expect(marked(...talk(0, 20), ...talk(50, 9, ['c']))).toEqual([]);
  });

  test('nor are messages of several users after which the others go on from before', () => {
    expect(marked(...talk(0, 20), ...talk(50, 30, ['c', 'd', 'e']), ...talk(2, 60))).toEqual([]);
  });

  test('who is alone in a chat is silent alone', () => {
    expect(marked(...talk(0, 5, ['a']), ...talk(21, 2, ['a']))).toEqual([[10.4, 20.4]]);
  });

  test('one late message among those that go on does not hide the silence', () => {
    expect(marked(...talk(0, 20), ...talk(15, 10), at(1.8, 'b'), ...talk(16, 10))).toEqual([[11.9]]);
  });

  test('the year 2099 is no end of a silence, whoever writes from there', () => {
    const year2099 = 70 * 365 * 24 * 60;
    expect(marked(...talk(0, 20), ...talk(year2099, 200, ['a', 'b', 'c', 'd']))).toEqual([]);
  });
});
