/** Where a box of an ISO base media file (ISO/IEC 14496-12) lies: of its body the first byte, and the one after its last. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The file is not one that this reader knows in full; whoever asks goes another way. */
export class NotPlain extends Error {}

/** There is nothing to see in it, however it is read. */
export class NoPicture extends NotPlain {}

export function plain(holds: boolean, what: string): asserts holds {
  if (!holds) throw new NotPlain(what);
}

/** Size of the largest index that is read: that of a recording of about 24 hours. */
export const mostHeaderBytes = 128 * 1024 * 1024;

const headBytes = 16;
/** More boxes than that side by side are not looked at. */
const mostBoxes = 64;

/** Reads so many bytes of a file from an offset, or fewer where it ends before. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/** Boxes at the top level of a file of so many bytes, up to where it is no such file. */
export async function* topLevelBoxes(size: number, read: ReadAt): AsyncGenerator<Box> {
  let position = 0;
  for (let count = 0; count < mostBoxes && position < size; count++) {
    const box = headOf(await read(position, headBytes), position, size);
    if (box === undefined) return;
    yield box;
    position = box.end;
  }
}

/** Boxes side by side in a body. Throws `NotPlain` where one reaches beyond it. */
export function boxesIn(body: Buffer): Box[] {
  const boxes: Box[] = [];
  // Four zero bytes may end a QuickTime list.
  for (let position = 0; position + 8 <= body.length; position = boxes.at(-1)?.end ?? body.length) {
    const box = headOf(body.subarray(position, position + headBytes), position, body.length);
    plain(box !== undefined && box.end <= body.length && boxes.length < mostBoxes, 'a box is damaged');
    boxes.push(box);
  }
  return boxes;
}

/** Body of the first box at a path of types, or undefined. */
export function bodyOf(body: Buffer, ...path: string[]): Buffer | undefined {
  let found: Buffer | undefined = body;
  for (const type of path) {
    const within: Buffer = found;
    const box = boxesIn(within).find((candidate) => candidate.type === type);
    if (box === undefined) return undefined;
    found = within.subarray(box.start, box.end);
  }
  return found;
}

/** As `bodyOf`, of a box that has to be there. */
export function requiredBody(body: Buffer, ...path: string[]): Buffer {
  const found = bodyOf(body, ...path);
  plain(found !== undefined, `there is no ${path.join('/')}`);
  return found;
}

/** Number of entries of a table, each so many bytes. Throws `NotPlain` where they are not all there. */
export function entriesOf(table: Buffer, bytes: number): number {
  const count = table.readUInt32BE(4);
  plain(8 + count * bytes <= table.length, 'a table is cut off');
  return count;
}

function headOf(head: Buffer, position: number, until: number): Box | undefined {
  const type = head.toString('latin1', 4, 8);
  if (head.length < 8 || !/^[ -~\xa9]{4}$/.test(type)) return undefined;
  const short = head.readUInt32BE(0);
  const long = short === 1;
  if (long && head.length < headBytes) return undefined;
  const size = short === 0 ? until - position : long ? Number(head.readBigUInt64BE(8)) : short;
  const start = position + (long ? 16 : 8);
  return position + size < start ? undefined : { type, start, end: position + size };
}
