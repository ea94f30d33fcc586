const beyondLatin = /[\u0300-\uffff\u00ad]/;
/** Combining marks, soft hyphens, zero-width spaces, and the tag that chat programs append to send a message twice. */
const unseen = String.raw`\u0300-\u036f\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}`;
/*
 * Joiners and selectors go behind letters only: between emoji they make one picture of several. The alternatives share no
 * first character, so that each run is matched in one pass.
 */
const decoration = new RegExp(String.raw`(?<=\p{L})(?:\u200d|[\ufe0e\ufe0f${unseen}])+|[${unseen}]+`, 'gu');

/**
 * A text in the form in which it is read: canonically equivalent texts are equal, and so are texts that differ in
 * invisible characters, or in marks that make no letter of an alphabet. Takes time in proportion to its length.
 */
export function plainText(text: string): string {
  return beyondLatin.test(text) ? text.normalize('NFC').replace(decoration, '').normalize('NFC') : text;
}
