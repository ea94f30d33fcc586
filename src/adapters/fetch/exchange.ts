import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { CliptideError } from '../../domain/errors.ts';
import { httpAddress, shown } from './address.ts';
import type { Deadlines } from './deadlines.ts';
import type { FetchLimits } from './limits.ts';

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export interface Answer {
  readonly url: URL;
  readonly response: IncomingMessage;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Sends a GET and follows redirects; resolves with the head of the first answer that is none. */
export async function exchange(
  address: string,
  headers: Readonly<Record<string, string>>,
  limits: FetchLimits,
  deadlines: Deadlines,
  agents: Agents,
): Promise<Answer> {
  let url = httpAddress(address);
  for (let hops = 0; hops <= limits.redirects; hops += 1) {
    const response = await send(url, headers, limits, deadlines, agents);
    const location = response.headers.location;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) return { url, response };
    endBody(response);
    url = httpAddress(location, url);
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

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  limits: FetchLimits,
  deadlines: Deadlines,
  agents: Agents,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const agent = isSecure ? agents.https : agents.http;
    const request = (isSecure ? https : http).get(url, {
      agent,
      headers,
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
