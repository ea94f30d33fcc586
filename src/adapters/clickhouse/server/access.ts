import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SqlException } from './refusal.ts';

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether the Host header names this machine: a page of another site that rebinds its name to it does not. */
export function isOwnHost(request: IncomingMessage, host: string): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(request.headers.host ?? '')?.[1]?.toLowerCase();
  return name !== undefined && (loopback.has(name) || name === host.toLowerCase());
}

/** Takes the token as ClickHouse takes a password: basic auth, its headers or the address. Throws 194 or 516. */
export function checkToken(request: IncomingMessage, address: URLSearchParams, token: string): void {
  const given = password(request, address);
  if (given === undefined) throw new SqlException(194, 'REQUIRED_PASSWORD', 'The token is needed as password.');
  if (!equal(given, token)) {
    throw new SqlException(516, 'AUTHENTICATION_FAILED', 'Authentication failed: the password is not the token.');
  }
}

function password(request: IncomingMessage, address: URLSearchParams): string | undefined {
  const authorization = request.headers.authorization ?? '';
  const basic = /^basic (.+)$/i.exec(authorization)?.[1];
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  const key = request.headers['x-clickhouse-key'];
  const bearer = /^bearer (.+)$/i.exec(authorization)?.[1];
  return bearer ?? (typeof key === 'string' ? key : undefined) ?? address.get('password') ?? undefined;
}

// Digests have one length, so that neither length nor content shows in the time.
function equal(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
