import { HEIGHT, WIDTH } from './plan.ts';

export const LUMA_BYTES = WIDTH * HEIGHT;
/** Bytes of a yuv420p frame. */
export const FRAME_BYTES = (LUMA_BYTES * 3) / 2;

/** Base brightness and the two colour differences of each look; neighbours differ much, so that a cut is a cut. */
const looks: readonly (readonly [luma: number, cb: number, cr: number])[] = [
  [60, 150, 110],
  [130, 110, 150],
  [85, 120, 105],
  [165, 140, 125],
  [48, 128, 160],
  [110, 165, 130],
];

/** The still part of a picture as a yuv420p frame: a slope of brightness with broad bands, in the look's colour. */
export function backdrop(look: number): Uint8Array {
  const [luma, cb, cr] = looks[look % looks.length] ?? [128, 128, 128];
  const frame = new Uint8Array(FRAME_BYTES);
  const bandWidth = 40 + 12 * look;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const band = Math.floor((x + y * (look % 3)) / bandWidth) % 2 === 0 ? 14 : -14;
      frame[y * WIDTH + x] = luma + band + Math.floor((y * 24) / HEIGHT);
    }
  }
  frame.fill(cb, LUMA_BYTES, LUMA_BYTES * 1.25);
  frame.fill(cr, LUMA_BYTES * 1.25);
  return frame;
}
