import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { CliptideError } from '../../domain/errors.ts';
import { httpAddress, shown } from './address.ts';
import type { Deadlines } from './deadlines.ts';
import type { FetchLimits } from './limits.ts';
import type { Approach, OriginPolicy } from './originpolicy.ts';
import type { OriginWaits } from './originwaits.ts';
import { notSecure } from './refusal.ts';

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** Where requests go out. */
export interface Network {
  readonly policy: OriginPolicy;
  readonly waits: OriginWaits;
  /** Connections that stand, by pool. */
  readonly agents: Readonly<Record<Approach['pool'], Agents>>;
}

export interface Answer {
  readonly url: URL;
  readonly response: IncomingMessage;
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
    const { pool, lookup } = network.policy.approach(url, from);
    network.waits.mustBeOver(url);
    const how = { headers, agents: network.agents[pool], lookup };
    const response = await send(url, how, limits, deadlines);
    const location = response.headers.location;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) {
      network.waits.heed(url, response);
      return { url, response };
    }
    endBody(response);
    from = url;
    url = httpAddress(location, from);
    if (from.protocol === 'https:' && url.protocol === 'http:') throw notSecure(from, url);
  }
  throw new CliptideError('media-gone', `More than ${limits.redirects} redirects from ${shown(httpAddress(address))}`, {
    where: shown(url),
    hint: 'Check the address: the server sends from one place to the next.',
  });
}

/** A redirect's body is of no use: one that is empty leaves the connection to the next request, any other ends it. */
function endBody(response: IncomingMessage): void {
  if (response.headers['content-length'] === '0') response.resume();
  else response.destroy();
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly agents: Agents;
  readonly lookup: LookupFunction | undefined;
}

function send(
  url: URL,
  { headers, agents, lookup }: Sending,
  limits: FetchLimits,
  deadlines: Deadlines,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const agent = isSecure ? agents.https : agents.http;
    const request = (isSecure ? https : http).get(url, {
      agent,
      headers,
      ...(lookup === undefined ? {} : { lookup }),
      maxHeaderSize: limits.headerBytes,
      insecureHTTPParser: false,
    });
    deadlines.watch(request);
    deadlines.phase('a connection', limits.connectMs);
    const connected = () => deadlines.phase('the first byte', limits.firstByteMs);
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    request.on('response', (response) => {
      deadlines.phase('the next bytes', limits.stallMs);
      resolve(response);
    });
    request.on('error', (error) => reject(deadlines.explain(error)));
  });
}
