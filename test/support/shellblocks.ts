/** A fenced `sh` block of a Markdown document, with the comment right before it. */
export interface ShellBlock {
  /** What `<!-- test ... -->` before it says after `test`, or undefined where there is no such comment. */
  readonly marked: string | undefined;
  /** Without empty lines and comments. */
  readonly commands: readonly string[];
}

export function shellBlocks(document: string): readonly ShellBlock[] {
  const block = /(?:<!-- test(?:: ([^>]*?))? -->\n|(^|\n))```sh\n([\s\S]*?)```/g;
  return [...document.matchAll(block)].map((match) => ({
    marked: match[2] === undefined ? (match[1] ?? '') : undefined,
    commands: (match[3] ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  }));
}
