import { isTransient, toCliptideError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { FetchedText, Fetcher, FetchRequest, Validators } from '../../../ports/fetcher.ts';
import { httpAddress, shown } from './address.ts';
import { bodyOf } from './body.ts';
import { ConnectionPool } from './connectionpool.ts';
import { Deadlines } from './deadlines.ts';
import { type Answer, exchange } from './exchange.ts';
import { type FetchLimits, fetchLimits } from './limits.ts';
import type { OriginPolicy } from './originpolicy.ts';
import { OriginWaits } from './originwaits.ts';
import { askedWaitMs } from './status.ts';
import { SentEncoded, textOf } from './text.ts';
import { validatorsOf } from './version.ts';

/** A fetcher over HTTP/1.1; `close` ends its idle connections. */
export interface HttpFetcher extends Fetcher {
  close(): void;
}

/** `policy` says what may be asked. */
export function createFetcher(clock: Clock, policy: OriginPolicy, bounds: Partial<FetchLimits> = {}): HttpFetcher {
  const limits = { ...fetchLimits, ...bounds };
  const pools = { given: new ConnectionPool(), other: new ConnectionPool() };
  const network = { policy, pools, waits: new OriginWaits(clock, limits.longestWaitMs) };

  async function once<T>(
    request: FetchRequest,
    headers: Readonly<Record<string, string>>,
    use: (answer: Answer, deadlines: Deadlines) => Promise<T>,
  ): Promise<T> {
    const deadlines = new Deadlines(shown(httpAddress(request.url)), limits.wholeMs, request.signal);
    let answer: Answer | undefined;
    try {
      answer = await exchange(request.url, headers, limits, deadlines, network);
      return await use(answer, deadlines);
    } finally {
      deadlines.clear();
      answer?.body.close();
    }
  }

  async function repeated<T>(request: FetchRequest, attempt: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isTransient(error) || tries >= limits.attempts || request.signal?.aborted) throw error;
        if (performance.now() - beganMs >= limits.wholeMs) throw error;
        const asked = askedWaitMs(toCliptideError(error));
        if (asked > limits.longestWaitMs) throw error;
        await clock.sleep(Math.max(asked, limits.backoffMs * 2 ** (tries - 1)), request.signal);
      }
    }
  }

  return {
    get: (request, consume) => {
      const headers = headersOf(request);
      return repeated(request, () =>
        once(request, headers, (answer, deadlines) => {
          const body = bodyOf(answer, request, limits, deadlines);
          refuseEncoding(answer);
          return consume(body);
        }),
      );
    },
    text: (request, known) => {
      const headers = { ...headersOf(request), ...conditions(known) };
      return repeated(request, () =>
        once(request, headers, async (answer, deadlines): Promise<FetchedText | 'unchanged'> => {
          if (known !== undefined && answer.response.statusCode === 304) return 'unchanged';
          const body = bodyOf(answer, request, limits, deadlines);
          const text = await textOf(body, answer.response.headers['content-encoding'], request);
          return { url: body.url, text, validators: validatorsOf(answer) };
        }),
      );
    },
    close: () => {
      for (const pool of Object.values(pools)) pool.close();
    },
  };
}

function headersOf({ range, ifRange }: FetchRequest): Record<string, string> {
  const plain = { 'accept-encoding': 'identity', 'user-agent': 'cliptide' };
  if (range === undefined) return plain;
  const only = ifRange === undefined ? {} : { 'if-range': ifRange };
  return { ...plain, ...only, range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
}

function conditions(known: Validators | undefined): Record<string, string> {
  return {
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
  };
}

/** A compressed segment's length and content could not be checked as it arrives. */
function refuseEncoding({ response, url }: Answer): void {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new SentEncoded(shown(url), encoding);
}
