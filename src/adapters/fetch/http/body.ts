import { CliptideError } from '../../../domain/errors.ts';
import type { FetchedBody, FetchRequest } from '../../../ports/fetcher.ts';
import { shown } from './address.ts';
import { type Cut, cutOf } from './cut.ts';
import type { Deadlines } from './deadlines.ts';
import { digestOf } from './digest.ts';
import type { Answer } from './exchange.ts';
import type { FetchLimits } from './limits.ts';
import { Pace } from './pace.ts';
import { statusError } from './status.ts';
import { versionOf } from './version.ts';

/** The body of a good answer. Throws what its status, its range or its length stand for. */
export function bodyOf(answer: Answer, request: FetchRequest, limits: FetchLimits, deadlines: Deadlines): FetchedBody {
  const { response } = answer;
  const status = response.statusCode ?? 0;
  const where = shown(answer.url);
  if (status !== 200 && status !== 206) throw statusError(status, where, response.headers);
  const cut = cutOf(response, request, where, limits.skipBytes);
  if ((cut.length ?? 0) > request.maxBytes) throw tooLarge(where, request.maxBytes);
  return {
    url: answer.url.href,
    contentType: response.headers['content-type'] ?? '',
    length: cut.length,
    skipped: cut.skip,
    version: status === 206 ? versionOf(answer) : undefined,
    chunks: chunksOf(answer, cut, request.maxBytes, limits, deadlines),
    giveBack: (chunk) => answer.body.giveBack(chunk),
  };
}

async function* chunksOf(
  { response, url, body }: Answer,
  cut: Cut,
  maxBytes: number,
  limits: FetchLimits,
  deadlines: Deadlines,
): AsyncIterable<Uint8Array> {
  const where = shown(url);
  const end = cut.length === undefined ? Number.POSITIVE_INFINITY : cut.skip + cut.length;
  const digest = cut.goesOn ? undefined : digestOf(response.headers, response.statusCode === 206);
  const pace = new Pace(limits, deadlines);
  let read = 0;
  try {
    pace.wait();
    for await (const chunk of body.chunks) {
      pace.came(chunk.length);
      const isWhole = read >= cut.skip && read + chunk.length <= end;
      const wanted = isWhole ? chunk : chunk.subarray(Math.max(0, cut.skip - read), Math.max(0, end - read));
      read += chunk.length;
      if (cut.length === undefined && read > maxBytes) throw tooLarge(where, maxBytes);
      if (read > end && !cut.goesOn) throw new CliptideError('media', `${where} is longer than it said`, { where });
      digest?.add(chunk);
      if (wanted.length > 0) yield wanted;
      if (read >= end && cut.goesOn) break;
      pace.wait();
    }
  } catch (error) {
    throw deadlines.explain(error);
  }
  if (read < end && cut.length !== undefined) {
    const got = Math.max(0, read - cut.skip);
    throw new CliptideError('unavailable', `${where} ended after ${got} of ${cut.length} bytes`, {
      where,
      hint: 'Try again; the server or the network broke off.',
    });
  }
  if (digest?.matches() === false) {
    throw new CliptideError('media', `${where} is not what its ${digest.header} says`, { where });
  }
}

function tooLarge(where: string, maxBytes: number): CliptideError {
  return new CliptideError('media', `${where} is larger than ${maxBytes} bytes`, {
    where,
    hint: 'Check the address: what belongs there is never that large.',
  });
}
