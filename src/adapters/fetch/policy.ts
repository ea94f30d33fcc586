import { type FetchGrant, portOf } from '../../domain/fetchgrant.ts';
import { isWithin, type NetAddress, parseAddress } from '../../domain/netaddress.ts';
import { type NetPlace, placeOf } from '../../domain/netplace.ts';
import { lookupAll, lookupOf, type ResolveHost } from './lookup.ts';
import type { Approach, OriginPolicy } from './originpolicy.ts';
import { notOpen, notPublic } from './refusal.ts';

export interface AddressRules {
  /** What the configuration allows; it holds for redirects too. */
  readonly allow: readonly FetchGrant[];
  /** Ports that may be asked where no grant names another. */
  readonly ports: readonly number[];
  /** Addresses that a person gave: their host and port may be asked, but not because another one redirects to them. */
  readonly given: readonly URL[];
  /** The system's resolver unless given. */
  readonly resolve?: ResolveHost;
}

/**
 * Only public addresses are asked, at the usual ports, but for what is granted. A name's addresses are looked at after
 * it was looked up, and the connection goes to one of those: what the name means a moment later changes nothing.
 */
export function addressPolicy(rules: AddressRules): OriginPolicy {
  const resolve = rules.resolve ?? lookupAll;
  const given = new Set(rules.given.map(({ host, protocol }) => `${protocol}//${host}`));
  /** Names that a person gave and that first meant public addresses only: they cannot come to mean internal ones. */
  const isPublicName = new Map<string, boolean>();

  const isAllowed = (address: NetAddress, place: NetPlace): boolean =>
    place === 'public' || rules.allow.some((grant) => grant.kind === 'range' && isWithin(address, grant.range));

  function approach(url: URL, from: URL | undefined): Approach {
    const isGiven = given.has(url.origin) && (from === undefined || from.origin === url.origin);
    const grant = grantFor(url, rules.allow);
    if (!(isGiven || grant?.port !== undefined || rules.ports.includes(portOf(url)))) throw notOpen(url, rules.ports);
    const isGranted = isGiven || grant !== undefined;
    const literal = parseAddress(url.hostname.replace(/^\[|\]$/g, ''));
    if (literal !== undefined) {
      const place = placeOf(literal);
      if (!isGranted && !isAllowed(literal, place)) throw notPublic(url, place);
      return { pool: isGiven ? 'given' : 'other', lookup: undefined };
    }
    const pick = (addresses: readonly string[]): readonly string[] => {
      const found = addresses.map((text) => ({ text, ...known(text) }));
      const isPublic = found.every(({ place }) => place === 'public');
      if (isGiven && !isPublicName.has(url.origin)) isPublicName.set(url.origin, isPublic);
      const isOpen = grant !== undefined || (isGiven && isPublicName.get(url.origin) === false);
      // Who has a name's records can point it at a cloud's credentials; these must be granted by their address.
      const checked = found.filter(
        ({ address, place }) =>
          (isOpen && place !== 'metadata') || (address !== undefined && isAllowed(address, place)),
      );
      if (checked.length === 0) throw notPublic(url, found[0]?.place ?? 'reserved');
      return checked.map(({ text }) => text);
    };
    return { pool: isGiven ? 'given' : 'other', lookup: lookupOf(resolve, pick) };
  }
  return { approach };
}

function known(text: string): { readonly address: NetAddress | undefined; readonly place: NetPlace } {
  const address = parseAddress(text);
  return { address, place: address === undefined ? 'reserved' : placeOf(address) };
}

/** The one that names the port before one that does not. */
function grantFor(url: URL, allow: readonly FetchGrant[]): (FetchGrant & { readonly kind: 'host' }) | undefined {
  const ofHost = allow.filter((grant) => grant.kind === 'host').filter(({ host }) => host === url.hostname);
  return ofHost.find(({ port }) => port === portOf(url)) ?? ofHost.find(({ port }) => port === undefined);
}
