import type { IncomingMessage } from 'node:http';
import { CliptideError } from '../../../domain/errors.ts';
import { httpAddress, redirectAddress, shown } from './address.ts';
import { AnswerBody } from './answerbody.ts';
import type { ConnectionPool } from './connectionpool.ts';
import type { Deadlines } from './deadlines.ts';
import { headOf } from './head.ts';
import type { FetchLimits } from './limits.ts';
import type { Approach, OriginPolicy } from './originpolicy.ts';
import type { OriginWaits } from './originwaits.ts';
import { notSecure } from './refusal.ts';

/** Where requests go out. */
export interface Network {
  readonly policy: OriginPolicy;
  readonly waits: OriginWaits;
  /** Connections that stand, by pool. */
  readonly pools: Readonly<Record<Approach['pool'], ConnectionPool>>;
}

export interface Answer {
  readonly url: URL;
  /** Its head; nothing is to be read from it. */
  readonly response: IncomingMessage;
  readonly body: AnswerBody;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Sends a GET and follows redirects, each checked as the first address was; resolves with the first other answer. */
export async function exchange(
  address: string,
  headers: Readonly<Record<string, string>>,
  limits: FetchLimits,
  deadlines: Deadlines,
  network: Network,
): Promise<Answer> {
  let url = httpAddress(address);
  let from: URL | undefined;
  for (let hops = 0; hops <= limits.redirects; hops += 1) {
    const approach = network.policy.approach(url, from);
    network.waits.mustBeOver(url);
    const { response, body } = await ask({ url, headers, approach }, limits, deadlines, network.pools);
    const location = response.headers.location;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) {
      network.waits.heed(url, response);
      return { url, response, body };
    }
    body.close();
    from = url;
    url = redirectAddress(location, from);
    if (from.protocol === 'https:' && url.protocol === 'http:') throw notSecure(from, url);
  }
  throw new CliptideError('media-gone', `More than ${limits.redirects} redirects from ${shown(httpAddress(address))}`, {
    where: shown(url),
    hint: 'Check the address: the server sends from one place to the next.',
  });
}

interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly approach: Approach;
}

async function ask(
  { url, headers, approach }: Question,
  { connectMs, firstByteMs, headerBytes: maxHeaderSize }: FetchLimits,
  deadlines: Deadlines,
  pools: Network['pools'],
): Promise<Omit<Answer, 'url'>> {
  const pool = pools[approach.pool];
  const connection = pool.take(url, approach.lookup);
  deadlines.watch(connection);
  try {
    deadlines.phase('a connection', connectMs);
    await connection.connected();
    deadlines.phase('the first byte', firstByteMs);
    const response = await headOf({ url, headers, maxHeaderSize }, connection);
    // Until its reader begins.
    deadlines.pause();
    return { response, body: new AnswerBody(url, response, connection, pool) };
  } catch (error) {
    connection.destroy();
    throw deadlines.explain(error);
  }
}
