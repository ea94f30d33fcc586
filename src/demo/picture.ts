import { backdrop, FRAME_BYTES, LUMA_BYTES } from './backdrop.ts';
import { drawText } from './font.ts';
import { drawFrameId } from './frameid.ts';
import { FPS, HEIGHT, MOMENTS, WIDTH } from './plan.ts';
import { type Scene, scenes } from './scenes.ts';

const FLASH_FRAMES = 2;
const FLASH_LUMA = 220;
const BALL = 20;
const BALL_LUMA = 228;
const BALL_TOP = 100;

/**
 * Draws frame `n` of the broadcast, yuv420p without padding: along the top its number for programs (`frameid.ts`),
 * below it the number and the time for eyes, a ball that runs to and fro, the scene's picture and its name; a flash at
 * each moment. The frame returned is used again by the next call.
 */
export function painter(): (n: number) => Uint8Array {
  const list = scenes();
  const backdrops = list.map((scene) => backdrop(scene.look));
  const frame = new Uint8Array(FRAME_BYTES);
  const luma = frame.subarray(0, LUMA_BYTES);
  const flashes = new Set(MOMENTS.flatMap((sec) => Array.from({ length: FLASH_FRAMES }, (_, k) => sec * FPS + k)));
  return (n) => {
    const index = sceneAt(list, n / FPS);
    frame.set(backdrops[index] ?? frame);
    if (flashes.has(n)) luma.fill(FLASH_LUMA);
    drawBall(luma, n);
    drawText(luma, WIDTH, String(n).padStart(4, '0'), { x: 16, y: 28, dot: 5 });
    drawText(luma, WIDTH, clockText(n / FPS), { x: 184, y: 32, dot: 4 });
    drawText(luma, WIDTH, list[index]?.label ?? '', { x: 16, y: 152, dot: 2 });
    drawFrameId({ data: luma, width: WIDTH, height: HEIGHT }, n);
    return frame;
  };
}

/** Index of the scene that is on at a second. */
export function sceneAt(list: readonly Scene[], sec: number): number {
  return list.findLastIndex((scene) => scene.fromSec <= sec);
}

/** `mm:ss`. */
function clockText(sec: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(sec / 60)}:${two(sec % 60)}`;
}

function drawBall(luma: Uint8Array, n: number): void {
  const way = WIDTH - BALL;
  const x = Math.abs(way - ((n * 6) % (2 * way)));
  for (let y = BALL_TOP; y < BALL_TOP + BALL; y++) luma.fill(BALL_LUMA, y * WIDTH + x, y * WIDTH + x + BALL);
}
