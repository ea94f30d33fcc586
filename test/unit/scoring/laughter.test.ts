import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLaughter } from '../../../src/domain/scoring/laughter.ts';
import { MessageReader } from '../../../src/domain/scoring/message.ts';

/** The study's expression, which is exponential on long tokens; short ones are safe. */
const study =
  /^(?:(?:a*(?:ha|he|ja|ka|hue)+h?a*){1,}|l+o+l+|l+u+l+|l+m+f*a+o+|r+o+f+l+|x+d+|kek+w*|omegalul|lulw|w{3,}|k{4,}|rs(?:rs)+|5{3,}|[哈呵]{2,}|[ㅋㅎ]{2,}|[草笑]+|4head)$/;

describe('laughter', () => {
  it('is what the study calls laughter, for every short token of its letters', () => {
    const letters = fc.constantFrom(...'haejkulowxd5!');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 9 }), (list) => {
        const token = list.join('');
        expect(isLaughter(token)).toBe(study.test(token));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['haha', 'ahahah', 'jajaja', 'hahahue', 'lool', 'lmfao', 'xd', 'kekw', 'www', 'kkkk', 'ㅋㅋ', '哈哈', '草'])(
    '%s is',
    (token) => expect(isLaughter(token)).toBe(true),
  );

  it.each(['', 'a', 'h', 'hat', 'aaa', 'ww', 'kkk', 'haha!', 'lo'])('"%s" is not', (token) =>
    expect(isLaughter(token)).toBe(false),
  );

  it('reading a message takes time in proportion to its length, whatever it holds', () => {
    const attacks = ['ha', 'aha', 'o', 'wo', 'pog', 'rs', 'clip', '!', '?!', 'gooo', 'A\u0301', 'ha '];
    const reader = new MessageReader();
    const began = performance.now();
    for (const attack of attacks) reader.read(`${attack.repeat(5000)}!`);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
