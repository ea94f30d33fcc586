import { type NetRange, parseRange } from './netaddress.ts';

/** What may be fetched from although it is no public place or port: addresses, or a host. */
export type FetchGrant =
  | { readonly kind: 'range'; readonly range: NetRange }
  | {
      readonly kind: 'host';
      /** As the host name of a URL is written: lower case, IPv6 in brackets. */
      readonly host: string;
      /** Without it the host may be asked at the ports that are open for all. */
      readonly port: number | undefined;
    };

/**
 * Reads `media.example.org`, `10.1.2.3:8000` or `[fd00::7]:8080` as a host, `10.0.0.0/8` or `10.1.2.3` as addresses,
 * whatever their names are; undefined for what is none of them.
 */
export function parseGrant(text: string): FetchGrant | undefined {
  const range = parseRange(text);
  if (range !== undefined) return { kind: 'range', range };
  const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@*[\]\\]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const url = URL.parse(`http://${host}/`);
  if (url === null || host === '' || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
    return undefined;
  }
  return { kind: 'host', host: url.hostname, port: port === undefined ? undefined : Number(port) };
}

/** The port that a URL leads to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
