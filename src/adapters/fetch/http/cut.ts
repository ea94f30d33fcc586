import type { IncomingMessage } from 'node:http';
import { CliptideError } from '../../../domain/errors.ts';
import type { FetchRequest } from '../../../ports/fetcher.ts';

/** Which bytes of an answer are wanted. */
export interface Cut {
  readonly skip: number;
  /** How many are to come; undefined where only the connection's end tells. */
  readonly length: number | undefined;
  /** Whether the answer may go on behind them. */
  readonly goesOn: boolean;
}

/**
 * Throws `media` for an answer with other bytes than were asked for, and for one whose wanted bytes lie too far in;
 * `unavailable` for a whole that does not reach so far.
 */
export function cutOf(
  { statusCode, headers }: IncomingMessage,
  { range, ifRange, maxBytes }: FetchRequest,
  where: string,
  skipBytes: number,
): Cut {
  const header = headers['content-length'];
  const declared = header === undefined ? undefined : Number(header);
  if (range === undefined) {
    if (statusCode === 206) throw new CliptideError('media', `Asked for all of it, got a part: ${where}`, { where });
    return { skip: 0, length: declared, goesOn: false };
  }
  const { offset, length } = range;
  if (statusCode === 200) {
    // Another version than the one that was asked for; whoever named it looks at that before any byte.
    if (ifRange !== undefined) return { skip: 0, length, goesOn: true };
    if (offset > Math.min(skipBytes, maxBytes)) throw noRanges(where, offset);
    if (declared !== undefined && declared < offset + length) throw tooShort(where, range, declared);
    return { skip: offset, length, goesOn: true };
  }
  const [, from, to] = /^bytes (\d+)-(\d+)\//.exec(headers['content-range'] ?? '') ?? [];
  const sent = from === undefined ? 'no range' : `${Number(to) - Number(from) + 1} from ${Number(from)}`;
  if (sent !== `${length} from ${offset}`) {
    throw new CliptideError('media', `Asked for ${length} bytes from ${offset}, got ${sent}: ${where}`, {
      where,
      hint: 'Its server, or a cache before it, answers range requests wrongly; download the file and give its path.',
    });
  }
  return { skip: 0, length, goesOn: false };
}

/** Such as an error page, or an empty file; it may be another at the next try. */
function tooShort(where: string, { offset, length }: NonNullable<FetchRequest['range']>, all: number): CliptideError {
  const what = `Asked for ${length} bytes from ${offset}, got a file of ${all} bytes: ${where}`;
  const hint = 'Open the address: its server may answer with a page in place of the media, such as a login.';
  return new CliptideError('unavailable', what, { where, hint });
}

function noRanges(where: string, offset: number): CliptideError {
  return new CliptideError('media', `The server sends no ranges, and the wanted one begins at ${offset}: ${where}`, {
    where,
    hint: 'Serve the media from a server that answers range requests.',
  });
}
