import { type FetchGrant, portOf } from '../../../domain/fetchgrant.ts';
import { isWithin, type NetAddress, parseAddress } from '../../../domain/netaddress.ts';
import { type NetPlace, placeOf } from '../../../domain/netplace.ts';
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
  return new AddressPolicy(rules);
}

interface Found {
  readonly text: string;
  readonly address: NetAddress | undefined;
  readonly place: NetPlace;
}

class AddressPolicy implements OriginPolicy {
  readonly #rules: AddressRules;
  readonly #given: ReadonlySet<string>;
  /** Names that a person gave and that first meant public addresses only: they cannot come to mean internal ones. */
  readonly #isPublicName = new Map<string, boolean>();

  constructor(rules: AddressRules) {
    this.#rules = rules;
    this.#given = new Set(rules.given.map(({ origin }) => origin));
  }

  approach(url: URL, from: URL | undefined): Approach {
    const { ports, resolve = lookupAll } = this.#rules;
    const isGiven = this.#given.has(url.origin) && (from === undefined || from.origin === url.origin);
    const grant = this.#grantFor(url);
    if (!isGiven && grant?.port === undefined && !ports.includes(portOf(url))) throw notOpen(url, ports);
    const pool = isGiven ? 'given' : 'other';
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (parseAddress(literal) === undefined) {
      const pick = (texts: readonly string[]) => this.#checked(url, texts.map(found), isGiven, grant !== undefined);
      return { pool, lookup: lookupOf(resolve, pick) };
    }
    const it = found(literal);
    if (!isGiven && grant === undefined && !this.#isAllowed(it)) throw notPublic(url, it.place);
    return { pool, lookup: undefined };
  }

  /** The addresses of a name that may be connected to. */
  #checked(url: URL, all: readonly Found[], isGiven: boolean, isGranted: boolean): readonly string[] {
    if (isGiven && !this.#isPublicName.has(url.origin)) {
      this.#isPublicName.set(
        url.origin,
        all.every(({ place }) => place === 'public'),
      );
    }
    const isOpen = isGranted || (isGiven && this.#isPublicName.get(url.origin) === false);
    // Who has a name's records can point it at a cloud's credentials; those must be granted by their address.
    const checked = all.filter((one) => this.#isAllowed(one) || (isOpen && one.place !== 'metadata'));
    if (checked.length === 0) throw notPublic(url, all[0]?.place ?? 'reserved');
    return checked.map(({ text }) => text);
  }

  #isAllowed({ address, place }: Found): boolean {
    if (place === 'public') return true;
    const { allow } = this.#rules;
    return address !== undefined && allow.some((grant) => grant.kind === 'range' && isWithin(address, grant.range));
  }

  /** Of the grants for a host the one that names the port before one that does not. */
  #grantFor(url: URL): { readonly port: number | undefined } | undefined {
    const own = this.#rules.allow.filter((grant) => grant.kind === 'host').filter(({ host }) => host === url.hostname);
    return own.find(({ port }) => port === portOf(url)) ?? own.find(({ port }) => port === undefined);
  }
}

function found(text: string): Found {
  const address = parseAddress(text);
  return { text, address, place: address === undefined ? 'reserved' : placeOf(address) };
}
