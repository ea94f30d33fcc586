/** Media that needs room in the cache. */
export interface RoomAsked {
  /** What the wait and the refusal of one lease have in common. */
  readonly askId: string;
  readonly channelId: string;
  readonly streamId: string;
  /** Bytes of whole blocks. */
  readonly bytes: number;
}

/** Told of who waits for room in the media cache, and of who is refused it. */
export interface RoomRecord {
  /** `place` in the queue: 1 is next. */
  waiting(asked: RoomAsked, place: number): Promise<void>;
  refused(asked: RoomAsked, reason: string): Promise<void>;
}
