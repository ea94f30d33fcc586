/** What a cache gave with a body, so that it can be asked whether it changed. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Which version of a file an answer is about. */
export interface FileVersion extends Validators {
  readonly totalBytes: number;
}

export interface FetchRequest {
  /** http or https. */
  readonly url: string;
  /** Only these bytes. A server that sends the file from its start is read up to there, within a bound. */
  readonly range?: { readonly offset: number; readonly length: number };
  /** The range is wanted only of the version with this validator; of another one all comes (RFC 9110, 13.1.5). */
  readonly ifRange?: string;
  /** Larger bodies are refused with `media`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface TextRequest extends FetchRequest {
  /** What the text begins with, after white space: another is refused with `media` once that is seen. */
  readonly beginning?: string;
}

/** A body while it arrives. */
export interface FetchedBody {
  /** Address after redirects. */
  readonly url: string;
  readonly contentType: string;
  /** Bytes that will come, where the server said so. */
  readonly length: number | undefined;
  /** Bytes in front of the range that a server without ranges sends all the same: read, thrown away, and counted. */
  readonly skipped: number;
  /** Of a range, the file that it is from; undefined where the server sends all of it or does not say. */
  readonly version?: FileVersion | undefined;
  /** Rejects with `unavailable` when it ends early, with `timeout` when it stalls. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Takes back a chunk that is not read any more, so that others come in its memory; what is not given back stays. */
  readonly giveBack?: ((chunk: Uint8Array) => void) | undefined;
}

export interface FetchedText {
  readonly url: string;
  readonly text: string;
  readonly validators: Validators;
}

/**
 * The only thing that reads remote media. Each call is tried a few times where trying again may help, under deadlines.
 * Rejects with `media-gone` (404, 410, 401, 403, 416), `unavailable` (429, 5xx, no connection, a short body),
 * `timeout`, `media` (too large, not text, other bytes than asked for or than their hash says), `forbidden` (an address
 * that is not asked, also after a redirect), `usage` (no address), `aborted`.
 */
export interface Fetcher {
  /** Hands each try's body to `consume`; what it throws decides whether there is another try. */
  get<T>(request: FetchRequest, consume: (body: FetchedBody) => Promise<T>): Promise<T>;
  /** A small text, or `unchanged` when the validators still hold. */
  text(request: TextRequest, known?: Validators): Promise<FetchedText | 'unchanged'>;
}
