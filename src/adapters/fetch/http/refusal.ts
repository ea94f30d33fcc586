import { CliptideError } from '../../../domain/errors.ts';
import { portOf } from '../../../domain/fetchgrant.ts';
import type { NetPlace } from '../../../domain/netplace.ts';
import { shown } from './address.ts';

const words: Readonly<Record<NetPlace, string>> = {
  public: 'a public address',
  loopback: 'this machine',
  'link-local': 'a link-local address',
  private: 'a private network',
  metadata: "a cloud's metadata service",
  multicast: 'a multicast address',
  reserved: 'a reserved address',
  translated: 'an IPv4 address within an IPv6 one',
};

/** An address that is not asked because of where it leads: `forbidden`. What outlives the hint names the key too. */
export function notPublic(url: URL, place: NetPlace): CliptideError {
  return new CliptideError(
    'forbidden',
    `${url.host} leads to ${words[place]}, which is asked only if fetch.allow says so: ${shown(url)}`,
    {
      where: shown(url),
      hint: `If it is meant, set fetch.allow to ${url.hostname}:${portOf(url)} (docs/media.md).`,
    },
  );
}

export function notOpen(url: URL, ports: readonly number[]): CliptideError {
  return new CliptideError(
    'forbidden',
    `Port ${portOf(url)} is asked only if fetch.allow or fetch.ports says so: ${shown(url)}`,
    {
      where: shown(url),
      hint: `Open are ${ports.join(', ')}. If it is meant, set fetch.allow to ${url.hostname}:${portOf(url)} (docs/media.md).`,
    },
  );
}

/** What is sent over a checked connection must not be had over one that anybody can read and change. */
export function notSecure(from: URL, to: URL): CliptideError {
  return new CliptideError('forbidden', `${shown(from)} redirects from https to http, to ${to.host}`, {
    where: shown(to),
    hint: 'Use the address that it redirects to, if that is meant.',
  });
}
