export interface PostRequest {
  /** By http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Posts a body and resolves with the HTTP status of the answer, whatever it is; nothing is followed anywhere. Rejects with
 * `forbidden` where the address leads to a place that is not asked, with the network's own error where nobody answers.
 */
export type Post = (request: PostRequest) => Promise<number>;
