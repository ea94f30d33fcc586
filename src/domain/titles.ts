import type { Term } from './records.gen.ts';

export const maxTitleLength = 80;
const maxTitleTerms = 3;
const maxTags = 5;
const maxTermLength = 32;
const separator = ' · ';
const fallback = 'A moment that chat reacted to';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A title of at most 80 characters from what chat said, most characteristic first. It is text, never mark-up. */
export function titleFrom(terms: readonly Term[]): string {
  let title = '';
  for (const term of usable(terms).slice(0, maxTitleTerms)) {
    const longer = title === '' ? capitalised(term) : `${title}${separator}${term}`;
    if (longer.length > maxTitleLength) break;
    title = longer;
  }
  return title === '' ? fallback : title;
}

/** At most five tags of lower-case letters, digits and hyphens in any script, without repetition. */
export function tagsFrom(terms: readonly Term[]): string[] {
  const tags = usable(terms).map((term) =>
    term
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, ''),
  );
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, maxTags);
}

/** Terms fit to be read: no addresses, commands or mentions, each once whatever its case, without control characters. */
function usable(terms: readonly Term[]): string[] {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const { text } of terms) {
    // Control and format characters can turn the direction of a line or hide what is written.
    const clean = shortened(
      text
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>]/gu, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    const known = clean.toLowerCase();
    if (clean === '' || /^[!@/]|:\/\/|\bwww\./.test(clean) || seen.has(known)) continue;
    seen.add(known);
    kept.push(clean);
  }
  return kept;
}

/** Cut between characters as people see them, so that no half of one is left. */
function shortened(text: string): string {
  if (text.length <= maxTermLength) return text.toWellFormed();
  let short = '';
  for (const { segment } of graphemes.segment(text.slice(0, maxTermLength * 4).toWellFormed())) {
    if (short.length + segment.length > maxTermLength - 1) break;
    short += segment;
  }
  return short === '' ? '' : `${short}…`;
}

function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}
