import { type Box, bodyOf, boxesIn } from './boxes.ts';
import type { Slice } from './cut.ts';
import { RunLengths } from './runlengths.ts';
import type { TableSample } from './sampletable.ts';
import { boxOf, runsOf, tableOf } from './write.ts';

/** Boxes that hold for a part as they are. */
const kept: ReadonlySet<string> = new Set(['stsd', 'sgpd']);

/** The `stbl` of a slice. `bump` is added to its composition times, which must not be negative; `place` says where a byte of the file lies now. */
export function tablesOf({ track: { stbl }, samples }: Slice, bump: number, place: (offset: number) => number): Buffer {
  const shifts = samples.map(({ composition, decode }) => composition - decode + bump);
  const keys = samples.flatMap(({ key }, index) => (key ? [index + 1] : []));
  const boxes = boxesIn(stbl);
  const durations = runsOf(samples.map(({ duration }) => duration));
  const shiftRuns = runsOf(shifts);
  const version = shifts.some((shift) => shift < 0) ? 1 : 0;
  return boxOf(
    'stbl',
    ...boxes.filter(({ type }) => kept.has(type)).map(({ type, start, end }) => boxOf(type, stbl.subarray(start, end))),
    tableOf('stts', durations.length / 2, durations),
    ...(shifts.some((shift) => shift !== 0) ? [tableOf('ctts', shiftRuns.length / 2, shiftRuns, version)] : []),
    ...(bodyOf(stbl, 'stss') === undefined ? [] : [tableOf('stss', keys.length, keys)]),
    ...boxes.flatMap((box) => perSample(box, stbl, samples)),
    sizesOf(samples),
    ...chunksOf(samples, place),
  );
}

/** What further tables say of the samples, of those that matter to who plays them. */
function perSample({ type, start, end }: Box, stbl: Buffer, samples: readonly TableSample[]): Buffer[] {
  const body = stbl.subarray(start, end);
  const [first, count] = [samples[0]?.index ?? 0, samples.length];
  if (type === 'sdtp' && 4 + first + count <= body.length) {
    return [boxOf(type, body.subarray(0, 4), body.subarray(4 + first, 4 + first + count))];
  }
  if (type === 'stps') {
    const numbers = Array.from({ length: body.readUInt32BE(4) }, (_, entry) => body.readUInt32BE(8 + entry * 4));
    const within = numbers.map((number) => number - first).filter((number) => number > 0 && number <= count);
    return [tableOf(type, within.length, within)];
  }
  return type === 'sbgp' ? [groupsOf(body, first, count)] : [];
}

/** The groups of samples of a slice; samples behind the table's end belong to none. */
function groupsOf(body: Buffer, first: number, count: number): Buffer {
  const at = body.readUInt8(0) === 0 ? 8 : 12;
  const listed = Array.from({ length: body.readUInt32BE(at) }, (_, entry) => body.readUInt32BE(at + 4 + entry * 8));
  const total = listed.reduce((sum, here) => sum + here, 0);
  // The same form as a table that says how often each value follows.
  const runs = new RunLengths(Buffer.concat([Buffer.alloc(4), body.subarray(at)]), total);
  runs.skip(Math.min(first, total));
  const values = Array.from({ length: Math.max(0, Math.min(count, total - first)) }, () => runs.next());
  const entries = runsOf(values);
  const table = tableOf('sbgp', entries.length / 2, entries).subarray(12);
  return boxOf('sbgp', body.subarray(0, at), table);
}

function sizesOf(samples: readonly TableSample[]): Buffer {
  const table = Buffer.alloc(12 + samples.length * 4);
  table.writeUInt32BE(samples.length, 8);
  for (const [index, { size }] of samples.entries()) table.writeUInt32BE(size, 12 + index * 4);
  return boxOf('stsz', table);
}

/** Samples that adjoin in the file are a chunk. */
function chunksOf(samples: readonly TableSample[], place: (offset: number) => number): Buffer[] {
  const chunks: { readonly offset: number; end: number; count: number }[] = [];
  for (const { offset, size } of samples) {
    const here = place(offset);
    const last = chunks.at(-1);
    if (last?.end === here) {
      last.end += size;
      last.count += 1;
    } else chunks.push({ offset: here, end: here + size, count: 1 });
  }
  const offsets = Buffer.alloc(8 + chunks.length * 8);
  offsets.writeUInt32BE(chunks.length, 4);
  for (const [index, { offset }] of chunks.entries()) offsets.writeBigUInt64BE(BigInt(offset), 8 + index * 8);
  const changes = chunks.flatMap(({ count }, index) =>
    chunks[index - 1]?.count === count ? [] : [index + 1, count, 1],
  );
  return [tableOf('stsc', changes.length / 3, changes), boxOf('co64', offsets)];
}
