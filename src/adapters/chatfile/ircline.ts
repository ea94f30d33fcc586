/** An IRC message of Twitch, taken apart (RFC 1459 with IRCv3 message tags). */
export interface IrcLine {
  /** Tags with a semicolon on both sides, so that one is found by `;name=`. */
  readonly tags: string;
  readonly nick: string;
  readonly command: string;
  /** The last parameter, if it came with a colon; else empty. */
  readonly trailing: string;
  /** Whether it followed another line without a line break between them: its badges cannot be trusted. */
  readonly glued: boolean;
}

const shape = /^(?:@(\S*) +)?(?::([^\s!@]*)\S* +)?([A-Z]{2,}|\d{3})(?: +(?!:)[^\s]+)*(?: *| +:(.*))$/s;

export function parseIrcLine(line: string, glued: boolean): IrcLine | undefined {
  const match = shape.exec(line);
  if (match === null) return undefined;
  const [, tags = '', nick = '', command = '', trailing = ''] = match;
  return { tags: `;${tags};`, nick, command, trailing, glued };
}

const escapes: Readonly<Record<string, string>> = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' };

/** Value of a tag, unescaped; empty where it is absent. */
export function tagOf(line: IrcLine, name: string): string {
  const key = `;${name}=`;
  const at = line.tags.indexOf(key);
  if (at < 0) return '';
  const from = at + key.length;
  const value = line.tags.slice(from, line.tags.indexOf(';', from));
  if (!value.includes('\\')) return value;
  return value.replace(/\\(.?)/gs, (_, char: string) => escapes[char] ?? char);
}

/**
 * What lies before a whole tagged line inside another one: a line break that was written out, or nothing. Lengths are
 * bounded so that text made on purpose costs linear time.
 */
const seam =
  /(?:\\r\\n|\\n|\r)(?=[@:]\S{1,8000} )|(?=@(?:[a-z][a-z0-9-]{0,60}=[^\s;]{0,2000};){3,60}[a-z][a-z0-9-]{0,60}=[^\s;]{0,2000} :\S{0,200}tmi\.twitch\.tv [A-Z]+ #)/;
/** What some loggers write before the raw line: a time, an arrow. */
const prefix = /^[^@]{1,40}(?=@[a-z][a-z0-9-]*=\S*;\S* +:)/;
/** A line break that was written out at the end, as a dump of bytes has it: `b'@... :hello\\r\\n'`. */
const writtenEnd = /\\r\\n['"]?$/;
const host = 'tmi.twitch.tv';
const longestDump = 64 * 1024;

/** The IRC messages of one line of a file: dumps of a socket glue several to one read. */
export function ircMessages(line: string): readonly string[] {
  const text = (prefix.test(line) ? line.replace(prefix, '') : line).trimStart().replace(writtenEnd, '');
  // A second message shows by its host name; looking for that first keeps the search off nearly every line.
  const second = text.indexOf(host, text.indexOf(host) + host.length) >= 0;
  if (!second || text.length > longestDump) return [text];
  return text.split(seam).filter((part) => part.trim() !== '');
}
