/** A box (ISO/IEC 14496-12) with its head. */
export function boxOf(type: string, ...bodies: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 4, 'latin1');
  const box = Buffer.concat([head, ...bodies]);
  box.writeUInt32BE(box.length, 0);
  return box;
}

/** Head of an `mdat` whose body has so many bytes. */
export function mediaDataHead(bytes: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1, 0);
  head.write('mdat', 4, 'latin1');
  head.writeBigUInt64BE(BigInt(head.length + bytes), 8);
  return head;
}

/** A table: version and flags, number of entries, entries of 32 bits each. */
export function tableOf(type: string, entries: number, values: readonly number[], version = 0): Buffer {
  const body = Buffer.alloc(8 + values.length * 4);
  body.writeUInt8(version, 0);
  body.writeUInt32BE(entries, 4);
  for (const [index, value] of values.entries()) body.writeInt32BE(value | 0, 8 + index * 4);
  return boxOf(type, body);
}

/** How often each value follows, as pairs of count and value in one list. */
export function runsOf(values: readonly number[]): number[] {
  const runs: number[] = [];
  for (const value of values) {
    if (runs.length > 0 && runs.at(-1) === value) runs[runs.length - 2] = (runs.at(-2) ?? 0) + 1;
    else runs.push(1, value);
  }
  return runs;
}

/** A copy of a header's body with another duration (64 bits in version 1, 32 before), which lies so far behind the times. */
export function withDuration(
  header: Buffer,
  place: { readonly v0: number; readonly v1: number },
  ticks: number,
): Buffer {
  const copy = Buffer.from(header);
  if (copy.readUInt8(0) === 1) copy.writeBigUInt64BE(BigInt(ticks), place.v1);
  else copy.writeUInt32BE(Math.min(ticks, 0xffff_ffff), place.v0);
  return copy;
}
