import { rm, writeFile } from 'node:fs/promises';
import type { RenderRequest } from '../../ports/renderer.ts';
import type { Bounds, Tools } from './check.ts';
import { copyOrders, joinOrders } from './copy.ts';
import { encodeOrders, type Orders, type Piece } from './encode.ts';
import type { CopiedPiece } from './pieces.ts';
import { runFfmpeg } from './run.ts';

/** Makes one file of the pieces; resolves with the CPU seconds that it took. */
export async function cutPieces(
  tools: Tools,
  request: RenderRequest,
  pieces: readonly Piece[],
  target: string,
  bounds: Bounds,
): Promise<number> {
  const { plan } = request;
  const expectedMs = plan.endMs - plan.startMs;
  const run = (orders: Orders): Promise<number> =>
    runFfmpeg({
      ...orders,
      ...bounds,
      ffmpeg: tools.ffmpeg,
      onWritten: (ms) => request.onProgress?.(Math.min(1, ms / expectedMs)),
    });
  const copied = pieces.filter(isCopied);
  const [only] = copied;
  if (only === undefined) return run(encodeOrders(pieces, target, plan.title));
  if (copied.length === 1) return run(copyOrders(only, target, plan.title));
  return joinCopied(copied, target, plan.title, run);
}

const isCopied = (piece: Piece): piece is CopiedPiece => 'fromDts' in piece.choice;

/** Copies each piece to a file of its own and joins these; the timeline breaks between them. */
async function joinCopied(
  pieces: readonly CopiedPiece[],
  target: string,
  title: string,
  run: (orders: Orders) => Promise<number>,
): Promise<number> {
  const paths = pieces.map((_, index) => `${target}.${index}`);
  const list = `${target}.list`;
  let cpuSeconds = 0;
  try {
    for (const [index, piece] of pieces.entries())
      cpuSeconds += await run(copyOrders(piece, paths[index] ?? target, ''));
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
