/** An IP address as a number of 32 or 128 bits. */
export interface NetAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** All addresses whose first `prefix` bits are those of `base`. */
export interface NetRange {
  readonly base: NetAddress;
  readonly prefix: number;
}

/** Reads an IPv4 address in four decimal parts, or an IPv6 address (RFC 4291), also with a zone; else undefined. */
export function parseAddress(text: string): NetAddress | undefined {
  if (!text.includes(':')) {
    const value = ipv4Value(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = ipv6Value(text.replace(/%[\w.-]+$/, ''));
  return value === undefined ? undefined : { bits: 128, value };
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; undefined for what is none, also with bits behind its prefix. */
export function parseRange(text: string): NetRange | undefined {
  const [, address = '', written] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const base = parseAddress(address);
  if (base === undefined) return undefined;
  const prefix = Number(written ?? base.bits);
  if (prefix > base.bits) return undefined;
  const rest = BigInt(base.bits - prefix);
  return (base.value >> rest) << rest === base.value ? { base, prefix } : undefined;
}

export function isWithin(address: NetAddress, { base, prefix }: NetRange): boolean {
  const rest = BigInt(base.bits - prefix);
  return address.bits === base.bits && address.value >> rest === base.value >> rest;
}

function ipv4Value(text: string): bigint | undefined {
  const parts = text.split('.');
  // A leading zero is octal to some readers and decimal to others.
  const isGood = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isGood ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) : undefined;
}

function ipv6Value(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = groupsOf(tail ?? '', true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
}

/** Groups of 16 bits; the last two of an address may be written as an IPv4 address. */
function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = isLast && index === parts.length - 1 ? ipv4Value(part) : undefined;
    if (ipv4 !== undefined) groups.push(Number(ipv4 >> 16n), Number(ipv4 & 0xffffn));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
