import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxTitleLength, tagsFrom, titleFrom } from '../../../src/domain/titles.ts';

const terms = (...texts: string[]) => texts.map((text) => ({ text, count: 3 }));

describe('a title', () => {
  it('is what chat said most, without repetition, commands, mentions and links', () => {
    const said = terms('clutch', 'CLUTCH', '!drop', '@streamer', 'https://x.example/a', 'no way', 'PogChamp', 'gg');
    expect(titleFrom(said)).toBe('Clutch · no way · PogChamp');
  });

  it('is there also where chat said nothing that can be read', () => {
    expect(titleFrom([])).not.toBe('');
    expect(titleFrom(terms('!play', '   '))).toBe(titleFrom([]));
  });

  it('is never longer than 80 characters, never mark-up and never half a character', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 })), (texts) => {
        const title = titleFrom(terms(...texts));
        expect(title.length).toBeLessThanOrEqual(maxTitleLength);
        expect(title.length).toBeGreaterThan(0);
        expect(title.isWellFormed()).toBe(true);
        expect(title).not.toMatch(/[<>\p{Cc}\u202E]/u);
      }),
    );
    expect(titleFrom(terms('👩‍🚀'.repeat(40))).endsWith('…')).toBe(true);
  });
});

it('tags are lower-case words, each once', () => {
  expect(tagsFrom(terms('No Way', 'no-way', 'Ünïcode!', '日本', '***'))).toEqual(['no-way', 'ünïcode', '日本']);
});
