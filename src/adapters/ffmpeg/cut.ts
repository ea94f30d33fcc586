import { rm, writeFile } from 'node:fs/promises';
import { copyOrders, joinOrders, type SoundClock } from './copy.ts';
import { encodeOrders, type Orders, type Piece } from './encode.ts';
import type { Job } from './job.ts';
import { runFfmpeg } from './run.ts';
import type { Bounds } from './tools.ts';

/** Makes one file of the pieces; resolves with the CPU seconds that it took. */
export async function cutPieces(job: Job, clock: SoundClock, bounds: Bounds): Promise<number> {
  const { tools, request, pieces, part } = job;
  const { plan } = request;
  const target = part.video;
  const expectedMs = plan.endMs - plan.startMs;
  const run = (orders: Orders): Promise<number> =>
    runFfmpeg({
      ...orders,
      ...bounds,
      ffmpeg: tools.ffmpeg,
      onWritten: (ms) => request.onProgress?.(Math.min(1, ms / expectedMs)),
    });
  if (plan.preset.method === 'encode') return run(encodeOrders(pieces, target, plan.title));
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return run(copyOrders(only, target, plan.title, clock));
  return joinCopied(pieces, target, plan.title, (piece, path) => copyOrders(piece, path, '', clock), run);
}

/** Copies each piece to a file of its own and joins these; the timeline breaks between them. */
async function joinCopied(
  pieces: readonly Piece[],
  target: string,
  title: string,
  orders: (piece: Piece, path: string) => Orders,
  run: (orders: Orders) => Promise<number>,
): Promise<number> {
  const paths = pieces.map((_, index) => `${target}.${index}`);
  const list = `${target}.list`;
  let cpuSeconds = 0;
  try {
    for (const [index, piece] of pieces.entries()) cpuSeconds += await run(orders(piece, paths[index] ?? target));
    const lines = pieces.map(({ choice }, index) => {
      const seconds = choice.endSec - (choice.shown[0]?.pts ?? 0);
      return `file 'file:${(paths[index] ?? '').replaceAll("'", "'\\''")}'\nduration ${seconds.toFixed(6)}\n`;
    });
    await writeFile(list, `ffconcat version 1.0\n${lines.join('')}`);
    return cpuSeconds + (await run(joinOrders(list, target, title)));
  } finally {
    await Promise.all([list, ...paths].map((path) => rm(path, { force: true })));
  }
}
