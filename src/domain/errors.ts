/**
 * Every way in which Cliptide can fail, as a closed set.
 *
 * - `usage`: a wrong option or argument. `config`: a wrong configuration key or value.
 * - `input`: an input with nothing usable in it. `damaged`: one record that cannot be used.
 * - `media`: media that is not what it should be. `media-gone`: media that the archive does not hold (any more).
 * - `budget`: refused by a budget. `space`: not enough free disk space.
 * - `busy`: another process owns it. `fenced`: this holder's lease or epoch is over.
 * - `offset-range`: records that a stage still needs are gone. `corrupt`: stored state that does not match its checksum.
 * - `schema`: bytes that do not match a schema. `forbidden`: refused by an access rule.
 * - `unavailable`: something is away for now; trying again may help. `timeout`: a deadline passed.
 * - `aborted`: stopped on request. `tool`: ffmpeg or ffprobe is missing or failed. `internal`: a fault of Cliptide's own.
 */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'input'
  | 'damaged'
  | 'media'
  | 'media-gone'
  | 'budget'
  | 'space'
  | 'busy'
  | 'fenced'
  | 'offset-range'
  | 'corrupt'
  | 'schema'
  | 'forbidden'
  | 'unavailable'
  | 'timeout'
  | 'aborted'
  | 'tool'
  | 'internal';

export interface ErrorDetails {
  /** Where: a file with its line or byte, a field, a topic with partition and offset. */
  readonly where?: string;
  /** What the person can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The HTTP status that an origin answered with. */
  readonly status?: number;
}

/** The one error class; `message` says what happened. */
export class CliptideError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'CliptideError';
    this.code = code;
    this.where = details.where;
    this.hint = details.hint;
    this.status = details.status;
  }
}

/** Codes for which the same step may succeed when it is tried again. */
const transient: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout']);

export function isTransient(error: unknown): boolean {
  return error instanceof CliptideError && transient.has(error.code);
}

/** Whether a disk is full, or would leave less free than its floor. */
export function isSpace(error: unknown): boolean {
  return error instanceof CliptideError && error.code === 'space';
}

/** Whether another has taken over what this was about. */
export function isFenced(error: unknown): boolean {
  return error instanceof CliptideError && error.code === 'fenced';
}

/** Whether an origin refused an address (401, 403), as it does once a token has expired: another address may be let in. */
export function isRefused(error: unknown): boolean {
  return error instanceof CliptideError && (error.status === 401 || error.status === 403);
}

/** Any thrown value as a `CliptideError`; what is not one becomes `internal` with its cause. */
export function toCliptideError(error: unknown): CliptideError {
  if (error instanceof CliptideError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CliptideError('internal', message, { cause: error });
}
