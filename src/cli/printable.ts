/**
 * Text that a terminal shows as text: control characters (escape sequences, carriage returns, bidirectional
 * overrides) of chat, titles and file names become a replacement character. Line ends stay where they are wanted.
 */
export function printable(text: string, lines = false): string {
  return text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (character) =>
    lines && character === '\n' ? character : '\uFFFD',
  );
}
