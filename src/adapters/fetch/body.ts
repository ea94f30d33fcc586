import { CliptideError } from '../../domain/errors.ts';
import type { FetchedBody, FetchRequest } from '../../ports/fetcher.ts';
import { shown } from './address.ts';
import type { Deadlines } from './deadlines.ts';
import type { Answer } from './exchange.ts';
import type { FetchLimits } from './limits.ts';
import { statusError } from './status.ts';
import { versionOf } from './version.ts';

/** Which bytes of an answer are wanted. */
interface Cut {
  readonly skip: number;
  /** How many are to come; undefined where only the connection's end tells. */
  readonly length: number | undefined;
  /** Whether the answer goes on behind them. */
  readonly isPart: boolean;
}

/** The body of a good answer. Throws what its status, its range or its length stand for. */
export function bodyOf(answer: Answer, request: FetchRequest, limits: FetchLimits, deadlines: Deadlines): FetchedBody {
  const { response } = answer;
  const status = response.statusCode ?? 0;
  const where = shown(answer.url);
  if (status !== 200 && status !== 206) throw statusError(status, where, response.headers['retry-after']);
  const cut = cutOf(answer, request, where);
  if ((cut.length ?? 0) > request.maxBytes) throw tooLarge(where, request.maxBytes);
  return {
    url: answer.url.href,
    contentType: response.headers['content-type'] ?? '',
    length: cut.length,
    version: status === 206 ? versionOf(answer) : undefined,
    chunks: chunksOf(answer, cut, request.maxBytes, limits, deadlines),
  };
}

function cutOf({ response }: Answer, { range }: FetchRequest, where: string): Cut {
  const header = response.headers['content-length'];
  const declared = header === undefined ? undefined : Number(header);
  if (range === undefined) return { skip: 0, length: declared, isPart: false };
  if (response.statusCode === 200) return { skip: range.offset, length: range.length, isPart: true };
  const sent = /^bytes (\d+)-(\d+)\//.exec(response.headers['content-range'] ?? '');
  const first = Number(sent?.[1] ?? range.offset);
  const length = sent === null ? (declared ?? range.length) : Number(sent[2]) - first + 1;
  if (first !== range.offset || length !== range.length) {
    const asked = `${range.length} bytes from ${range.offset}`;
    throw new CliptideError('media', `Asked for ${asked}, got ${length} from ${first}: ${where}`, { where });
  }
  return { skip: 0, length, isPart: false };
}

async function* chunksOf(
  { response, url }: Answer,
  cut: Cut,
  maxBytes: number,
  limits: FetchLimits,
  deadlines: Deadlines,
): AsyncIterable<Uint8Array> {
  const end = cut.length === undefined ? Number.POSITIVE_INFINITY : cut.skip + cut.length;
  let read = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      deadlines.pause();
      const wanted = chunk.subarray(Math.max(0, cut.skip - read), Math.max(0, end - read));
      read += chunk.length;
      if (cut.length === undefined && read > maxBytes) throw tooLarge(shown(url), maxBytes);
      if (wanted.length > 0) yield wanted;
      if (read >= end && cut.isPart) break;
      deadlines.phase('the next bytes', limits.stallMs);
    }
  } catch (error) {
    throw deadlines.explain(error);
  }
  if (read < end && cut.length !== undefined) {
    const got = Math.max(0, read - cut.skip);
    throw new CliptideError('unavailable', `${shown(url)} ended after ${got} of ${cut.length} bytes`, {
      where: shown(url),
    });
  }
}

function tooLarge(where: string, maxBytes: number): CliptideError {
  return new CliptideError('media', `${where} is larger than ${maxBytes} bytes`, { where });
}
