/** A message about a clip. There is no kind for a stream: a clip cannot announce one. */
export interface ClipMessage {
  /** The same clip always gets the same id, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly type: 'clip.rendered';
  /** When it happened, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  readonly data: Readonly<Record<string, string | number | null>>;
}

/**
 * Delivers to every configured receiver. Rejects with `unavailable` while one cannot take it, also when `stopping`
 * aborts and a receiver does not answer soon after.
 */
export interface Notifier {
  deliver(message: ClipMessage, stopping?: AbortSignal): Promise<void>;
}
