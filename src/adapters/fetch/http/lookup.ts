import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** All addresses of a host name. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** By the system's resolver, which knows its hosts file too. */
export const lookupAll: ResolveHost = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });

/** A look-up for `node:net` that gives what `pick` lets through; an error of `pick` becomes the connection's. */
export function lookupOf(
  resolve: ResolveHost,
  pick: (addresses: readonly string[]) => readonly string[],
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname)
      .then(pick)
      .then(
        (addresses) => {
          const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
          const [first] = found;
          if (options.all) callback(null, found);
          else if (first !== undefined) callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      );
  };
}
