import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoredEvent } from '../../../src/domain/scoring/event.ts';
import { MessageReader } from '../../../src/domain/scoring/message.ts';
import { plainText } from '../../../src/domain/scoring/plaintext.ts';
import { REACT } from '../../../src/domain/scoring/tokens.ts';
import { liveEvent, said } from '../../support/chatstream.ts';

/** What a message says, apart from the tokens as they were written. */
function sense(text: string) {
  const reader = new MessageReader();
  reader.read(text);
  const { marks, words, signature, tokens } = reader;
  return { marks, words, signature: { ...signature }, hashes: tokens.map(({ hash }) => hash) };
}

/** Texts of every kind of trouble: marks without a letter, both directions, joiners, halves of pairs, controls. */
const awkward = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('e\u0301', '\u00e9', '\u1112\u1161\u11ab', '\ud83d', '\udc4d', '\u202e', '\u200d', '\ufe0f'),
      fc.constantFrom(
        '👩\u200d👩\u200d👧\u200d👦',
        '🏴\u{e0067}\u{e0062}\u{e007f}',
        '1\ufe0f\u20e3',
        'שלום',
        'مرحبا',
        '草草草',
      ),
      fc.constantFrom(' ', '\u3000', '\u2028', '!', '??', 'POG', 'haha', '\u{e0000}', '\u200b'),
    ),
    { maxLength: 40, size: 'max' },
  )
  .map((parts) => parts.join(''));

describe('any text', () => {
  it('is read without harm, and what is shown of it is well-formed and short', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const kept = scoredEvent(liveEvent('e', 0, said('u', text)), 'chat').text;
        expect([kept.isWellFormed(), kept.length <= 300]).toEqual([true, true]);
        const reader = new MessageReader();
        for (const written of [text, kept]) {
          reader.read(written);
          expect(reader.words).toBeLessThanOrEqual(60);
          expect(reader.tokens.length).toBeLessThanOrEqual(Math.min(12, reader.words));
          for (const { shown } of reader.tokens) {
            expect(shown.isWellFormed()).toBe(true);
            expect(shown.length).toBeLessThanOrEqual(24);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same in each of its equivalent normal forms', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        expect(sense(text.normalize('NFD'))).toEqual(sense(text.normalize('NFC')));
        expect(sense(text)).toEqual(sense(text.normalize('NFC')));
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is plain already stays as it is, and is never longer than its normal form', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const plain = plainText(text);
        expect(plainText(plain)).toBe(plain);
        expect(plain.length).toBeLessThanOrEqual(text.normalize('NFC').length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read the same however many messages were read before', () => {
    fc.assert(
      fc.property(awkward, awkward, (before, text) => {
        const reader = new MessageReader();
        reader.read(before);
        reader.read(text);
        const { marks, words, signature, tokens } = reader;
        const hashes = tokens.map(({ hash }) => hash);
        expect({ marks, words, signature, hashes }).toEqual(sense(text));
      }),
    );
  });
});

describe('decoration', () => {
  const decorations = ['\u200b', '\u00ad', '\u0336', '\u034f', '\u2060', '\ufeff', '\u{e0000}', '\u200d', '\ufe0f'];

  it('within the letters of a word takes nothing from what it says', () => {
    const text = 'WOW what a play POGGERS';
    const at = fc.array(fc.tuple(fc.nat({ max: text.length }), fc.constantFrom(...decorations)), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(at, (marks) => {
        // Behind a letter: joiners and selectors elsewhere belong to pictures.
        const places = marks.filter(([place]) => /\w/.test(text.charAt(place - 1)));
        const decorated = [...text].map((letter, i) =>
          places.reduce((all, [place, mark]) => (place === i + 1 ? all + mark : all), letter),
        );
        expect(sense(decorated.join(''))).toEqual(sense(text));
      }),
    );
    expect(sense(text).marks & REACT).toBe(REACT);
  });

  it('of the tag that chat programs append to send a message twice makes no word', () => {
    expect(sense('LUL \u{e0000}')).toEqual(sense('LUL'));
  });

  it('of a whole message (Zalgo, by marks that make no letter) leaves its letters', () => {
    const zalgo = [...'omg'].map((letter) => letter + '\u0335\u0316\u0360\u034f'.repeat(25)).join('');
    expect(sense(zalgo)).toEqual(sense('omg'));
  });

  it('that makes one picture of several, or is part of how a language is written, stays', () => {
    const whole = ['👩\u200d👩\u200d👧', '❤\ufe0f', '1\ufe0f\u20e3', 'می\u200cخواهم', 'क्\u200dष', 'ไม่', 'שָׁלוֹם'];
    for (const text of whole) expect(plainText(text)).toBe(text.normalize('NFC'));
  });
});

describe('a copied text of 500 characters', () => {
  const copypasta =
    `${'Ladies and gentlemen, what we have seen here today will be told for a hundred years. '.repeat(6)}`.slice(
      0,
      500,
    );

  it('is cut to 300, and its copies are known as such', () => {
    const kept = scoredEvent(liveEvent('e', 0, said('u', copypasta)), 'chat').text;
    expect(kept).toBe(copypasta.slice(0, 300));
    expect(sense(`${copypasta} x`).signature).toEqual(sense(copypasta).signature);
    expect(sense(copypasta).signature.least).not.toBe(0);
  });

  it('reaches the scorer with no half of a pair where it was cut', () => {
    const cut = scoredEvent(liveEvent('e', 0, said('u', `x${'🐎'.repeat(250)}`)), 'chat').text;
    expect([cut.length, cut.isWellFormed()]).toEqual([300, true]);
  });
});
