import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

/** How a run of ffmpeg ended, as `overseeGroup` reports it. */
export interface RunEnd {
  /** Empty where it ended by itself, else `deadline` or `stopped`. */
  readonly ended: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly error?: string;
}

const signals: Readonly<Record<string, string>> = {
  SIGSEGV: 'crashed (invalid memory access)',
  SIGABRT: 'crashed (aborted itself)',
  SIGILL: 'crashed (a processor instruction that this machine does not have)',
  SIGBUS: 'crashed (bus error)',
  SIGFPE: 'crashed (arithmetic error)',
  SIGKILL: 'was killed, most likely because memory ran out',
  SIGXCPU: 'used more CPU time than its limit',
  SIGXFSZ: 'wrote a larger file than its limit',
};

/** What ffmpeg says in its last lines, and what that means. The first that matches counts. */
const sayings: readonly (readonly [pattern: RegExp, code: ErrorCode, message: string])[] = [
  [/No space left on device/i, 'space', 'ran out of disk space'],
  [/Cannot allocate memory/i, 'tool', 'ran out of memory'],
  [/Unknown encoder|Encoder not found/i, 'tool', 'lacks an encoder that Cliptide needs'],
  [/No such filter|Unrecognized option|Option not found/i, 'tool', 'lacks a filter or option that Cliptide needs'],
  [/not on whitelist|not in whitelist/i, 'media', 'refused the input: its format is not allowed'],
  [/moov atom not found|Invalid data found|Could not find codec parameters/i, 'media', 'cannot read the input'],
  [/No such file or directory/i, 'media-gone', 'was given an input that is gone'],
  [/Permission denied/i, 'tool', 'may not read its input or write its output'],
];

/** The error for a run that did not end well. `tail` is the end of what ffmpeg printed. */
export function runFailure(end: RunEnd, tail: readonly string[], seconds: number): CliptideError {
  const said = tail.slice(-8).join('\n');
  const details = { where: 'ffmpeg', cause: said === '' ? undefined : new Error(said) };
  if (end.error !== undefined) return new CliptideError('tool', `ffmpeg could not be started: ${end.error}`, details);
  if (end.ended === 'deadline') {
    return new CliptideError('timeout', `ffmpeg was not done after ${seconds.toFixed(1)} s and was ended`, details);
  }
  if (end.ended !== '' || end.signal === 'SIGTERM') {
    return new CliptideError('aborted', 'ffmpeg was ended on request', details);
  }
  if (end.signal !== null) {
    const words = signals[end.signal] ?? `was ended by ${end.signal}`;
    return new CliptideError('tool', `ffmpeg ${words}`, { ...details, hint: 'run cliptide doctor' });
  }
  const known = sayings.find(([pattern]) => tail.some((line) => pattern.test(line)));
  if (known !== undefined) return new CliptideError(known[1], `ffmpeg ${known[2]}: ${lastComplaint(tail)}`, details);
  return new CliptideError('tool', `ffmpeg failed with exit code ${end.code}: ${lastComplaint(tail)}`, details);
}

function lastComplaint(tail: readonly string[]): string {
  const complaint = tail.findLast((line) => /\[(error|fatal)\]/.test(line)) ?? tail.at(-1) ?? 'it said nothing';
  return complaint.replace(/^(\[[^\]]*\] )+/, '').slice(0, 300);
}
