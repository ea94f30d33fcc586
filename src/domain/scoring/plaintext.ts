const beyondLatin = /[\u0300-\uffff\u00ad]/;
/*
 * What is not seen, or only decorates: soft hyphens, zero-width spaces and joiners within words, the tag that chat programs
 * append so that a message may be sent twice, and marks on letters that no letter of an alphabet has. Joiners and selectors
 * between emoji stay: they make one picture of several.
 */
const unseen =
  /(?<=\p{L})[\u0300-\u036f\u00ad\u180e\u200b\u200d\u2060-\u2064\ufe0e\ufe0f\ufeff\u{e0000}]+|[\u0300-\u036f\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}]+/gu;

/**
 * A text in the form in which it is read: canonically equivalent texts, and texts that look the same but for invisible
 * characters and decoration, are equal. Takes time in proportion to its length.
 */
export function plainText(text: string): string {
  return beyondLatin.test(text) ? text.normalize('NFC').replace(unseen, '').normalize('NFC') : text;
}
