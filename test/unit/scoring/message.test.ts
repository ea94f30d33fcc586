import { describe, expect, it } from 'vitest';
import { MessageReader } from '../../../src/domain/scoring/message.ts';
import { CAPS, CLIP, HYPE, LAUGH, REACT } from '../../../src/domain/scoring/tokens.ts';

function read(text: string): MessageReader {
  const reader = new MessageReader();
  reader.read(text);
  return reader;
}

describe('what a message says', () => {
  it.each([
    ['lol that was something', LAUGH | REACT],
    ['POGGERS', HYPE | REACT | CAPS],
    ['nooo', HYPE | REACT],
    ['clip it!!', HYPE | REACT | CLIP],
    ['really??', REACT],
    ['?', REACT],
    ['so ?', 0],
    ['GO TEAM 123', CAPS],
    ['OK', 0],
    ['АААА ЭТО ДА', CAPS],
    ['just talking', 0],
    ['outplayed', REACT],
  ])('%s', (text, marks) => {
    expect(read(text).marks).toBe(text === 'clip it!!' ? REACT | CLIP | HYPE : marks);
  });

  it('counts tokens between any white space, at most 60, and keeps 12 distinct ones', () => {
    expect(read('  one\ttwo\u3000three  ').words).toBe(3);
    expect(read('a b '.repeat(100))).toMatchObject({ words: 60 });
    expect(read(Array.from({ length: 30 }, (_, i) => `w${i}`).join(' ')).tokens).toHaveLength(12);
  });

  it('takes tokens as equal that differ in case, outer punctuation or length of a run', () => {
    const hashes = ['Goaaaal!', '"goaal"', 'GOAAL'].map((text) => read(text).tokens[0]?.hash);
    expect(new Set(hashes).size).toBe(1);
  });

  it('shows no mention and no link as what chat said', () => {
    expect(read('@someone https://example.test/x www.example.test Wow!').tokens.map((token) => token.shown)).toEqual([
      '',
      '',
      '',
      'Wow',
    ]);
  });

  it('does not remember a longer message in a later one', () => {
    const reader = new MessageReader();
    reader.read('OMG WOW THIS IS LOUD');
    reader.read('quiet');
    expect(reader).toMatchObject({ marks: 0, words: 1, signature: { least: 0, greatest: 0 } });
  });

  it('signs a text so that most copies keep half of it, whatever stands before, behind or within them', () => {
    const signed = (text: string): number[] => Object.values({ ...read(text).signature });
    const text = 'Free skins for all of you today at example.test';
    const around = Array.from({ length: 100 }, (_, n) => [`${n * 37} ${text}`, `${text} ${n * 37}`]).flat();
    const kept = around.filter((copy) => signed(copy).some((half) => signed(text).includes(half)));
    expect(kept.length).toBeGreaterThan(0.85 * around.length);
    expect(signed('another text that is no copy of it').filter((half) => signed(text).includes(half))).toEqual([]);
    expect([signed('a b c'), signed('wow nice'), signed('so much fun??')]).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('half a surrogate pair, combining marks and emoji sequences are read without harm', () => {
    for (const text of ['\ud83d', 'e\u0301\u0301\u0301', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '\u202eabc']) {
      expect(read(text).words).toBe(1);
      for (const token of read(text).tokens) expect(token.shown.isWellFormed()).toBe(true);
    }
  });
});
