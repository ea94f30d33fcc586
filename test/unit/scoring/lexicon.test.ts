import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lexicon } from '../../../src/domain/scoring/lexicon.ts';

const lexicon = new Lexicon([
  { word: 'nice', bits: 1 },
  { word: '~goal', bits: 2 },
  { word: '~gg', bits: 4 },
  { word: 'pog*', bits: 8 },
  { word: '*ww', bits: 16 },
  { word: 'pogo', bits: 32 },
]);

describe('a lexicon', () => {
  it.each([
    ['nice', 1],
    ['nice!?.', 1],
    ['nicee', 0],
    ['goal', 2],
    ['ggooaaaal!!!', 2],
    ['gal', 0],
    ['gg', 4],
    ['ggggg', 4],
    ['g', 0],
    ['pogchamp', 8],
    ['pogo', 40],
    ['po', 0],
    ['すごいww', 16],
    ['awww', 0],
    ['ww', 0],
    ['!!!', 0],
    ['', 0],
  ])('gives %s the bits %i', (token, bits) => expect(lexicon.bitsOf(token)).toBe(bits));

  it('stretches every letter of a word that may be stretched', () => {
    const runs = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(runs, (lengths) => {
        const token = [...'goal'].map((letter, i) => letter.repeat(lengths[i] ?? 1)).join('');
        expect(lexicon.bitsOf(token)).toBe(2);
      }),
    );
  });
});
