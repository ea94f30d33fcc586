/** Who calls an LLM, and what that may take at most, by an estimate. */
export interface LlmRequest {
  readonly channelId: string;
  readonly streamId: string;
  readonly taskId: string;
  /** Of the request and the longest answer together. */
  readonly tokens: number;
  /** US dollars, at the configured prices. */
  readonly dollars: number;
  /** How long the highlight can wait for other calls to give back, in milliseconds; at 0 it is refused at once. */
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
}

/** A call that may be made. */
export interface LlmSpend {
  /**
   * Called once, with what the answer says that it took. A figure that is missing, or is no amount, is settled at its
   * estimate; so is a call of which nobody knows what came of it. One that was surely not charged took 0.
   */
  settle(actual: { readonly tokens?: number | undefined; readonly dollars?: number | undefined }): Promise<void>;
}

/** The tokens and the money that LLM calls for a channel may take in a day of UTC, reserved before each call. */
export interface LlmBudget {
  /**
   * Reserves tokens and money together, or neither. It counts from then on, also when the process dies. Rejects with
   * `budget`, which is on the record; nothing may be sent then.
   */
  begin(request: LlmRequest): Promise<LlmSpend>;
}
