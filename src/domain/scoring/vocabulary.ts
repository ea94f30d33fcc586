import { Lexicon, type WordList } from './lexicon.ts';
import de from './vocabularies/de.json' with { type: 'json' };
import emotes from './vocabularies/emotes.json' with { type: 'json' };
import en from './vocabularies/en.json' with { type: 'json' };
import es from './vocabularies/es.json' with { type: 'json' };
import fr from './vocabularies/fr.json' with { type: 'json' };
import ja from './vocabularies/ja.json' with { type: 'json' };
import ko from './vocabularies/ko.json' with { type: 'json' };
import pt from './vocabularies/pt.json' with { type: 'json' };
import ru from './vocabularies/ru.json' with { type: 'json' };
import zh from './vocabularies/zh.json' with { type: 'json' };

/** What a word of a list is a mark of. */
export const wordGroups = ['laugh', 'hype', 'react', 'clip', 'victory', 'blame', 'address', 'banter'] as const;
export type WordGroup = (typeof wordGroups)[number];

/** Words of one language (or emote names of all of them) by group. The words' forms: `lexicon.ts`. */
export type Vocabulary = { readonly language: string } & Readonly<Partial<Record<WordGroup, WordList>>>;

export const vocabularies: readonly Vocabulary[] = [en, es, pt, de, fr, ru, ko, ja, zh, emotes];

/** One bit a group, in the order of `wordGroups`. */
export const bitOf = (group: WordGroup): number => 1 << wordGroups.indexOf(group);

const lexicon = new Lexicon(
  vocabularies.flatMap((vocabulary) =>
    wordGroups.flatMap((group) => (vocabulary[group] ?? []).map((word) => ({ word, bits: bitOf(group) }))),
  ),
);

/** The groups, as bits, that a token in lower case belongs to, in whatever language. */
export const groupsOf = (lower: string): number => lexicon.bitsOf(lower);
