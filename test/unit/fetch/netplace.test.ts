import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, parseAddress, parseRange } from '../../../src/domain/netaddress.ts';
import { placeOf } from '../../../src/domain/netplace.ts';

const place = (text: string) => {
  const address = parseAddress(text);
  return address === undefined ? 'no address' : placeOf(address);
};

describe('where an address leads', () => {
  it.each([
    ['loopback', '127.0.0.1 127.255.255.255 ::1'],
    ['link-local', '169.254.1.1 fe80::1 fe80::1%eth0 febf::1'],
    ['private', '10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255'],
    ['private', 'fc00::1 fd12:3456::1 fec0::1'],
    ['metadata', '169.254.169.254 fd00:ec2::254 fd20:ce::254 100.100.100.200 168.63.129.16 192.0.0.192'],
    ['multicast', '224.0.0.1 239.255.255.255 ff02::1'],
    ['reserved', '0.0.0.0 0.1.2.3 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1'],
    ['reserved', '192.88.99.1 240.0.0.1 255.255.255.255 :: 100::1 2001:db8::1 2001:2::1 3fff::1 4000::1 5f00::1'],
    ['translated', '::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::10.0.0.1 64:ff9b:1::1'],
    ['translated', '2002:7f00:1:: 2001:0:1234::1'],
    ['public', '1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 223.255.255.255'],
    ['public', '169.253.255.255 169.255.0.0 2606:4700::1111 2a00::1 2001:200::1 3ffe::1'],
    ['no address', '127.1 0177.0.0.1 0x7f.0.0.1 2130706433 127.0.0.01 256.1.1.1 1.2.3 1.2.3.4.5 example.org'],
    ['no address', '1::2::3 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 ::12345 1.2.3.4::  :1 [::1]'],
  ])('%s: %s', (kind, addresses) => {
    for (const text of addresses.split(/ +/)) expect(`${text} ${place(text)}`).toBe(`${text} ${kind}`);
  });

  it('no way to write an IPv4 address within an IPv6 one makes it public', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ipv4) => {
        const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const text of [
          ...[`::ffff:${ipv4}`, `::ffff:${hex}`, `0:0:0:0:0:ffff:${hex}`, `::${ipv4}`, `::ffff:0:${ipv4}`],
          ...[`64:ff9b::${ipv4}`, `64:ff9b:1::${hex}`, `2002:${hex}::1`, `2001:0:${hex}::1`],
        ]) {
          expect(place(text)).not.toBe('public');
        }
      }),
    );
  });

  it('agrees with node about what an address is and what lies in a range', () => {
    const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(addresses, (text) => {
        expect(parseAddress(text)?.bits ?? 0).toBe({ 0: 0, 4: 32, 6: 128 }[isIP(text)]);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (one, other, prefix) => {
        const base = parseAddress(one);
        const address = parseAddress(other);
        if (base === undefined || address === undefined) throw new Error('no address');
        const model = new BlockList();
        model.addSubnet(one, prefix);
        expect(isWithin(address, { base, prefix })).toBe(model.check(other));
        expect(isWithin(base, { base, prefix })).toBe(true);
      }),
    );
  });

  it('a range with bits behind its prefix is a mistake', () => {
    expect(parseRange('10.0.0.0/8')?.prefix).toBe(8);
    expect(parseRange('10.1.2.3')?.prefix).toBe(32);
    expect(parseRange('::/0')?.prefix).toBe(0);
    for (const text of ['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/', 'host/8', 'fe80::1%eth0/64']) {
      expect(parseRange(text)).toBeUndefined();
    }
  });
});
