/** Bounds of one request; times in milliseconds. */
export interface FetchLimits {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From there to the first byte of the answer. */
  readonly firstByteMs: number;
  /** A body's next `stallBytes` have to come within that; the time that its reader takes does not count. */
  readonly stallMs: number;
  readonly stallBytes: number;
  /** One try, redirects and body included; after so long it is not tried again. */
  readonly wholeMs: number;
  readonly redirects: number;
  /** All lines of an answer's head together, in bytes. */
  readonly headerBytes: number;
  /** Most of a file that is read and thrown away where its server knows no ranges, in bytes. */
  readonly skipBytes: number;
  readonly attempts: number;
  /** Before the second try; doubles with each one after it. */
  readonly backoffMs: number;
  /** Longest wait between two tries that a server may ask for by Retry-After; a fetch does not wait for more. */
  readonly longestWaitMs: number;
}

export const fetchLimits: FetchLimits = {
  connectMs: 5_000,
  firstByteMs: 10_000,
  stallMs: 10_000,
  stallBytes: 10 * 1024,
  wholeMs: 120_000,
  redirects: 5,
  headerBytes: 16 * 1024,
  skipBytes: 32 * 1024 * 1024,
  attempts: 4,
  backoffMs: 200,
  longestWaitMs: 10_000,
};
