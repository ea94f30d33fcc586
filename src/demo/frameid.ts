/**
 * A frame's number as a strip of black and white blocks in the picture, so that a program can read it back from a
 * lossy video. From left to right: one white and one black block (the levels to compare with), 20 bits of the number,
 * most significant first, and 2 bits of check sum. The strip lies along the top edge over the whole width.
 */
const bits = 20;
const blocks = 2 + bits + 2;

/** The number wraps at this many frames. */
export const frameIdLimit = 2 ** bits;

/** Luma of the blocks, within the limited range of yuv420p. */
const white = 235;
const black = 16;

/** An 8-bit luma or gray plane, row by row without padding. */
export interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Height of the strip in rows; a whole number of macroblocks, so that the picture below does not bleed into it. */
export function frameIdHeight(height: number): number {
  return Math.max(16, Math.floor(height / 8 / 16) * 16);
}

function checkSum(number: number): number {
  let sum = 0;
  for (let rest = number; rest > 0; rest >>>= 2) sum = (sum + (rest & 3)) & 3;
  return sum ^ 2;
}

/** Draws the number of a frame (0 or more) into the plane, which is at least 160 pixels wide. */
export function drawFrameId(plane: Plane, number: number): void {
  const wrapped = number % frameIdLimit;
  const word = [1, 0, ...digits(wrapped, bits), ...digits(checkSum(wrapped), 2)];
  const row = new Uint8Array(plane.width);
  word.forEach((bit, index) => {
    row.fill(bit === 1 ? white : black, edge(plane.width, index), edge(plane.width, index + 1));
  });
  for (let y = 0; y < frameIdHeight(plane.height); y++) plane.data.set(row, y * plane.width);
}

/** The number in the plane, or undefined where there is no strip that can be read without doubt. */
export function readFrameId(plane: Plane): number | undefined {
  const levels = Array.from({ length: blocks }, (_, index) => blockLevel(plane, index));
  const [light = 0, dark = 0] = levels;
  if (light - dark < 80) return undefined;
  const middle = (light + dark) / 2;
  const value = levels.slice(2).map((level) => (level > middle ? 1 : 0));
  const number = value.slice(0, bits).reduce<number>((sum, bit) => sum * 2 + bit, 0);
  const check = (value[bits] ?? 0) * 2 + (value[bits + 1] ?? 0);
  return check === checkSum(number) ? number : undefined;
}

const edge = (width: number, index: number): number => Math.round((index * width) / blocks);

function digits(number: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (number >>> (count - 1 - index)) & 1);
}

/** Mean luma of the inner half of a block, away from its neighbours. */
function blockLevel(plane: Plane, index: number): number {
  const from = edge(plane.width, index);
  const size = edge(plane.width, index + 1) - from;
  const inset = Math.max(1, Math.floor(size / 4));
  const rows = frameIdHeight(plane.height);
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(rows / 4); y < rows - Math.floor(rows / 4); y++) {
    for (let x = from + inset; x < from + size - inset; x++) {
      sum += plane.data[y * plane.width + x] ?? 0;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
