import { bareAddress } from '../../../domain/bareaddress.ts';
import { CliptideError } from '../../../domain/errors.ts';

const hint = 'Write it like https://example.org/index.m3u8.';

/** Parses an address; throws `usage` for what is none, `forbidden` for all but http and https and for user info. */
export function httpAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new CliptideError('usage', `Not an address: ${begun(text)}`, { hint });
  return fetchable(url);
}

/** Where an answer of `from` sends on to. Throws as `httpAddress`, but `media-gone` for what is no address. */
export function redirectAddress(location: string, from: URL): URL {
  const url = URL.parse(location, from.href);
  if (url !== null) return fetchable(url);
  const where = shown(from);
  throw new CliptideError('media-gone', `${where} redirects to what is no address: ${begun(location)}`, {
    where,
    hint: 'Check the address: its server is at fault, or no longer has it.',
  });
}

function fetchable(url: URL): URL {
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
  // Only some schemes have an origin.
  return url.origin === 'null' ? begun(url.href) : `${url.origin}${url.pathname}`;
}

/** Of what may be no address, or hold all of its data. */
const begun = (text: string): string => bareAddress(text).slice(0, 200);
