import type { WriteStream } from 'node:tty';
import { printable } from './printable.ts';
import { cut } from './width.ts';

/** Where people look: standard error. Texts may come from chat; they are shown as text. */
export interface Terminal {
  readonly interactive: boolean;
  /** A line that stays. */
  line(text: string): void;
  /**
   * What is going on now: on a terminal these lines stand below everything else and are replaced by the next ones;
   * elsewhere they are printed as plain lines, at most every five seconds, and the last ones at the end.
   */
  progress(lines: readonly string[]): void;
  /** Nothing goes on any more: takes the progress lines away. */
  end(): void;
}

export type TerminalStream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const plainEveryMs = 5000;
const up = '\x1b[1A\x1b[2K';

/** `now` is in milliseconds. */
export function terminalOn(stream: TerminalStream, now: () => number = Date.now): Terminal {
  return stream.isTTY === true ? interactiveTerminal(stream) : plainTerminal(stream, now);
}

function interactiveTerminal(stream: TerminalStream): Terminal {
  let shown: readonly string[] = [];
  const draw = (above: string, lines: readonly string[]): void => {
    // A terminal whose size nobody has told says 0.
    const fitted = lines.map((text) => cut(printable(text), (stream.columns || 80) - 1));
    stream.write(up.repeat(shown.length) + above + fitted.map((text) => `${text}\n`).join(''));
    shown = fitted;
  };
  return {
    interactive: true,
    line: (text) => draw(`${printable(text, true)}\n`, shown),
    progress: (lines) => draw('', lines),
    end: () => draw('', []),
  };
}

function plainTerminal(stream: TerminalStream, now: () => number): Terminal {
  let printedAt = Number.NEGATIVE_INFINITY;
  let waiting: readonly string[] = [];
  const print = (lines: readonly string[]): void => {
    waiting = [];
    for (const text of lines) stream.write(`${printable(text)}\n`);
  };
  return {
    interactive: false,
    line: (text) => void stream.write(`${printable(text, true)}\n`),
    progress: (lines) => {
      waiting = lines;
      if (now() - printedAt < plainEveryMs) return;
      printedAt = now();
      print(lines);
    },
    end: () => print(waiting),
  };
}
