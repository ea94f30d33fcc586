import http from 'node:http';
import https from 'node:https';
import type { Post } from '../../../ports/post.ts';
import type { OriginPolicy } from './originpolicy.ts';

/** Posts where the policy lets it, by a connection for each. */
export const poster =
  (policy: OriginPolicy): Post =>
  async ({ url: text, headers, body, signal }) => {
    const url = new URL(text);
    // Errors name what the policy was asked for, and all but the origin of a receiver's address may be a secret.
    const { lookup } = policy.approach(new URL(url.origin), undefined);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      signal,
      ...(lookup === undefined ? {} : { lookup }),
    });
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on('error', reject);
    request.end(body);
    return promise;
  };
