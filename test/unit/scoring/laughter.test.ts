import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLaughter } from '../../../src/domain/scoring/laughter.ts';
import { MessageReader } from '../../../src/domain/scoring/message.ts';
import { cpuMsOf } from '../../support/cputime.ts';

/** The study's expression for syllables, which is exponential on long tokens; short ones are safe. */
const study = /^(?:a*(?:ha|he|ja|ka|hue)+h?a*){1,}$/;

describe('laughter', () => {
  it('in syllables is what the study calls so, for every short token of its letters', () => {
    const letters = fc.constantFrom(...'haejkuo!');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 9 }), (list) => {
        const token = list.join('');
        expect(isLaughter(token)).toBe(study.test(token));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['haha', 'ahahah', 'jajaja', 'hahahue'])('%s is spelt out', (token) => expect(isLaughter(token)).toBe(true));

  it.each(['', 'a', 'h', 'hat', 'aaa', 'ww', 'haha!', 'lo'])('"%s" is not', (token) =>
    expect(isLaughter(token)).toBe(false),
  );

  it('reading a message takes time in proportion to its length, whatever it holds', async () => {
    const attacks = ['ha', 'aha', 'o', 'wo', 'pog', 'rs', 'clip', '!', '?!', 'gooo', 'A\u0301', 'ha '];
    const reader = new MessageReader();
    const takes = await cpuMsOf(() => {
      for (const attack of attacks) reader.read(`${attack.repeat(5000)}!`);
    });
    expect(takes).toBeLessThan(1000);
  });
});
