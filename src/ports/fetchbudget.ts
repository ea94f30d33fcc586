/** One download of the media cache, from before its first byte until its end. */
export interface FetchSpend {
  /** Called before bytes beyond those asked for are read; rejects with `budget` when they do not fit. */
  cover(totalBytes: number): Promise<void>;
  /** Called once at the end, good or bad, with the bytes that the origin really sent. */
  settle(totalBytes: number): Promise<void>;
}

/** What may be fetched for a channel in an hour, in bytes of bodies, reserved before the work. */
export interface FetchBudget {
  /** `bytes` is an estimate where the length is not known. Rejects with `budget` when they do not fit. */
  begin(request: {
    readonly channelId: string;
    readonly streamId: string;
    readonly bytes: number;
  }): Promise<FetchSpend>;
}
