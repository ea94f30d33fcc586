import { describe, expect, it } from 'vitest';
import { classify, HYPE, LAUGH } from '../../../src/domain/scoring/tokens.ts';
import { vocabularies, type WordGroup, wordGroups } from '../../../src/domain/scoring/vocabulary.ts';

const laughs = {
  en: ['haha', 'LMAO', 'lool', 'lmfao', 'XD'],
  es: ['jajaja', 'jsjsjs'],
  pt: ['kkkkk', 'rsrsrs', 'huehue'],
  de: ['hihihi'],
  fr: ['mdr', 'ptdrrr'],
  ru: ['ахахах', 'ХАХА', 'лол'],
  ko: ['ㅋㅋㅋ', 'ㅎㅎ', '대박ㅋㅋㅋㅋ'],
  ja: ['wwww', '草', 'すごいwww'],
  zh: ['哈哈哈', '笑死', '233333'],
  emotes: ['OMEGALUL', 'KEKW', '555'],
};

const cheers = {
  en: ['WOOOW', 'omg', 'letsgooo', 'GG', 'goaaal!'],
  es: ['VAMOOOS', 'golazo', 'gooool'],
  pt: ['golaço', 'BORAAA'],
  de: ['TOOOR', 'krass'],
  fr: ['ALLEZZZ', 'incroyable'],
  ru: ['ГООООЛ', 'красава'],
  ko: ['대박', '와아', '가즈아'],
  ja: ['うおおお', 'すげええ', '888888'],
  zh: ['666666', '卧槽', '牛逼'],
  emotes: ['PogChamp', 'POGGERS'],
};

const listed = (of: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(of).flatMap(([language, words]) => words.map((word): [string, string] => [language, word]));

describe('the vocabulary', () => {
  it.each(listed(laughs))('%s: %s is laughter', (_, word) => expect(classify(word).marks & LAUGH).toBe(LAUGH));
  it.each(listed(cheers))('%s: %s is a cheer', (_, word) => expect(classify(word).marks & HYPE).toBe(HYPE));

  it.each(['the', 'but', 'rate', 'stream', 'awww', 'day', 'auf', 'da', 'que'])('%s is neither', (word) =>
    expect(classify(word).marks & (LAUGH | HYPE)).toBe(0),
  );

  it.each(vocabularies.map(({ language }) => language))('%s has words in lower case, each once in a group', (name) => {
    const vocabulary = vocabularies.find(({ language }) => language === name);
    for (const group of wordGroups) {
      const words = vocabulary?.[group satisfies WordGroup] ?? [];
      expect(words).toEqual([...new Set(words.map((word) => word.toLowerCase()))]);
    }
  });
});
