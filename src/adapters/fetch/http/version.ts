import { CliptideError } from '../../../domain/errors.ts';
import type { FetchedBody, Fetcher, FileVersion, Validators } from '../../../ports/fetcher.ts';
import type { Answer } from './exchange.ts';

/** Bytes of a remote file. */
export interface RemoteRange {
  readonly url: string;
  readonly offset: number;
  readonly length: number;
}

export function validatorsOf({ response }: Answer): Validators {
  const { etag, 'last-modified': lastModified } = response.headers;
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

/** The file that a range is from; undefined where the answer does not say how large it is. */
export function versionOf(answer: Answer): FileVersion | undefined {
  const total = /\/(\d+)$/.exec(answer.response.headers['content-range'] ?? '')?.[1];
  return total === undefined ? undefined : { totalBytes: Number(total), ...validatorsOf(answer) };
}

/**
 * Hands a range of one version of a file to `consume`. Rejects with `media` when the file is another one by now, or the
 * server does not send ranges.
 */
export function getVersion<T>(
  fetcher: Fetcher,
  { url, offset, length }: RemoteRange,
  version: FileVersion,
  signal: AbortSignal,
  consume: (body: FetchedBody) => Promise<T>,
): Promise<T> {
  const { etag } = version;
  // A weak one never matches here, and all of the file would come.
  const ifRange = etag === undefined || etag.startsWith('W/') ? {} : { ifRange: etag };
  return fetcher.get({ url, range: { offset, length }, maxBytes: length, signal, ...ifRange }, (body) => {
    if (body.version === undefined || isOther(body.version, version)) throw new ChangedFile(url);
    return consume(body);
  });
}

/** The file at an address is another one than it was. */
export class ChangedFile extends CliptideError {
  constructor(url: string) {
    const where = placeOf(url);
    super('media', `The file is no longer the one that was read before: ${where}`, {
      where,
      hint: 'Cut from it once more; where it was replaced by another recording, begin anew.',
    });
  }
}

export function noRanges(url: string): CliptideError {
  const where = placeOf(url);
  return new CliptideError('media', `The server does not send parts of a file: ${where}`, {
    where,
    hint: 'Download the file and give its path, or serve it from a server that answers range requests.',
  });
}

/** An address without what may be a token. */
export function placeOf(url: string): string {
  return url.replace(/[?#].*$/, '');
}

/** What only one of the answers states is no difference. */
function isOther(one: FileVersion, other: FileVersion): boolean {
  const differs = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  return (
    one.totalBytes !== other.totalBytes ||
    differs(one.etag, other.etag) ||
    differs(one.lastModified, other.lastModified)
  );
}
