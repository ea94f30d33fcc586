/** Letters of 5 by 7 dots, drawn for this broadcast: a row a number, its five low bits from left to right. */
const rows: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  ':': [0, 4, 4, 0, 4, 4, 0],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [28, 18, 17, 17, 17, 18, 28],
  E: [31, 16, 16, 30, 16, 16, 31],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  Y: [17, 17, 10, 4, 4, 4, 4],
};

const INK = 235;
const PAPER = 16;
const COLUMNS = 5;
const ROWS = 7;

/** Where a text stands: its upper left corner and the size of a dot, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly dot: number;
}

/** Draws light text in a dark box into a luma plane; a character without a drawing is a space. */
export function drawText(luma: Uint8Array, width: number, text: string, { x, y, dot }: Place): void {
  const cell = (COLUMNS + 1) * dot;
  for (let line = -dot; line < (ROWS + 1) * dot; line++) {
    const from = (y + line) * width + x;
    luma.fill(PAPER, from - dot, from + text.length * cell);
  }
  [...text].forEach((character, index) => {
    drawCharacter(luma, width, rows[character] ?? [], { x: x + index * cell, y, dot });
  });
}

function drawCharacter(luma: Uint8Array, width: number, dots: readonly number[], { x, y, dot }: Place): void {
  for (let line = 0; line < ROWS * dot; line++) {
    const from = (y + line) * width + x;
    const bits = dots[Math.floor(line / dot)] ?? 0;
    for (let column = 0; column < COLUMNS; column++) {
      if (((bits >> (COLUMNS - 1 - column)) & 1) === 0) continue;
      luma.fill(INK, from + column * dot, from + (column + 1) * dot);
    }
  }
}
