import { isWithin, type NetAddress, type NetRange, parseRange } from './netaddress.ts';

/** Where an address leads. Only `public` is a place that anybody's playlist may name. */
export type NetPlace =
  | 'public'
  | 'loopback'
  | 'link-local'
  | 'private'
  | 'metadata'
  | 'multicast'
  | 'reserved'
  | 'translated';

/**
 * The special-purpose registries of IANA (RFC 6890 and its updates), and the addresses at which clouds give credentials
 * away: those of AWS, Google and Azure (169.254.169.254, fd00:ec2::254, fd20:ce::254), Alibaba, Oracle, and Azure's
 * WireServer, which is in public space. `translated` addresses hold an IPv4 address that a gateway would send them on
 * to: IPv4-mapped, -compatible and -translated ones, NAT64, 6to4, Teredo.
 */
const table: readonly (readonly [NetPlace, readonly string[]])[] = [
  ['metadata', ['169.254.169.254/32', '100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32']],
  ['metadata', ['fd00:ec2::254/128', 'fd20:ce::254/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['reserved', ['0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15']],
  ['reserved', ['198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4', '::/128']],
  ['translated', ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48']],
  ['translated', ['2002::/16', '2001::/32']],
  ['reserved', ['2001::/23', '2001:db8::/32', '3fff::/20']],
];

const places: readonly (readonly [NetPlace, NetRange])[] = table.flatMap(([place, ranges]) =>
  ranges.flatMap((text) => {
    const range = parseRange(text);
    return range === undefined ? [] : [[place, range] as const];
  }),
);

/** Of IPv6 only what is given out as global unicast is public; the first entry of the table that holds it counts. */
export function placeOf(address: NetAddress): NetPlace {
  const found = places.find(([, range]) => isWithin(address, range));
  if (found !== undefined) return found[0];
  return address.bits === 32 || address.value >> 125n === 1n ? 'public' : 'reserved';
}
