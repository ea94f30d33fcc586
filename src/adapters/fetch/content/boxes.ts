import type { Verdict } from './packets.ts';
import type { ByteWindow } from './window.ts';

const leading: ReadonlySet<string> = new Set(['ftyp', 'styp', 'moof', 'sidx', 'emsg', 'prft', 'moov']);

/** Whether MP4 begins here (ISO 14496-12). */
export function beginsBoxes(head: Buffer): boolean {
  return leading.has(typeOf(head));
}

/** What boxes a file is made of, outermost only. */
export interface Boxes {
  readonly verdict: Verdict;
  readonly types: ReadonlySet<string>;
  /** Where fragments' tables are, and the movie's where it is there. */
  readonly tables: readonly Table[];
}

interface Table {
  readonly type: 'moof' | 'moov';
  readonly offset: number;
  readonly length: number;
}

/** Goes from box to box; whole when they fill the stretch exactly. A box that says "to the end" needs a known end. */
export async function readBoxes(window: ByteWindow, isEndKnown: boolean): Promise<Boxes> {
  const types = new Set<string>();
  const tables: Table[] = [];
  let at = window.from;
  while (at < window.to) {
    const header = await window.at(at, 16);
    const size = sizeOf(header, isEndKnown ? window.to - at : undefined);
    if (size === undefined) return { verdict: header.length < 8 ? 'cut' : 'broken', types, tables };
    if (at + size > window.to) return { verdict: 'cut', types, tables };
    const type = typeOf(header);
    types.add(type);
    if (type === 'moof' || type === 'moov') tables.push({ type, offset: at, length: size });
    at += size;
  }
  return { verdict: 'whole', types, tables };
}

/** Undefined where the header is cut or makes no sense. */
function sizeOf(header: Buffer, rest: number | undefined): number | undefined {
  if (header.length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(typeOf(header))) return undefined;
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  if (size !== 1) return size >= 8 ? size : undefined;
  const wide = header.length < 16 ? 0 : Number(header.readBigUInt64BE(8));
  return wide >= 16 ? wide : undefined;
}

function typeOf(bytes: Buffer): string {
  return bytes.toString('latin1', 4, 8);
}
