import { CliptideError } from '../../../domain/errors.ts';

/** Parses an address; throws `usage` for what is none, `forbidden` for all but http and https and for user info. */
export function httpAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const hint = 'Write it like https://example.org/index.m3u8.';
  if (url === null) throw new CliptideError('usage', `Not an address: ${text.slice(0, 200)}`, { hint });
  const where = shown(url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const scheme = url.protocol.slice(0, -1);
    throw new CliptideError('forbidden', `Only http and https can be fetched, not ${scheme}`, { where, hint });
  }
  if (url.username !== '' || url.password !== '') {
    throw new CliptideError('forbidden', `An address with a user or password in it is not fetched: ${where}`, {
      where,
      hint: 'Passwords in addresses are not supported: use a signed address, or download the file first.',
    });
  }
  return url;
}

/** An address as people and logs may see it: query strings carry tokens, user info passwords. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
