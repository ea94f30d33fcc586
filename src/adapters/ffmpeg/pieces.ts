import { CliptideError } from '../../domain/errors.ts';
import type { RenderRequest } from '../../ports/renderer.ts';
import type { Piece } from './encode.ts';
import { chooseCopied, chooseFrames, type FrameChoice } from './frames.ts';
import { contiguousRuns } from './runs.ts';
import { sourceWindow } from './sourcewindow.ts';
import type { Bounds, Tools } from './tools.ts';
import type { SourceWindow } from './window.ts';

/** Finds out which frames the clip is made of, run by run. Rejects with `media` or `media-gone` when there are none. */
export async function piecesOf(tools: Tools, request: RenderRequest, bounds: Bounds): Promise<Piece[]> {
  const { plan } = request;
  const pieces: Piece[] = [];
  const runs = contiguousRuns(request.parts).filter((run) => run.startMs < plan.endMs);
  for (const [index, run] of runs.entries()) {
    if (run.endMs <= plan.startMs) continue;
    const startMs = Math.max(plan.startMs, run.startMs);
    // A run that ends inside the cut is used to its last frame, whatever its stated length.
    const endMs = index === runs.length - 1 ? plan.endMs : run.endMs + 1000;
    const window = await sourceWindow({ ffprobe: tools.ffprobe, run, startMs, endMs, signal: bounds.signal });
    const choice = choiceIn(window, plan.preset.method);
    if (choice !== undefined) pieces.push({ window, choice });
  }
  if (pieces.length > 0) return pieces;
  throw new CliptideError('media-gone', 'the media holds no frame of this span', {
    where: `${(plan.startMs / 1000).toFixed(3)} s to ${(plan.endMs / 1000).toFixed(3)} s of the archive`,
    hint: 'the span may lie outside the recording',
  });
}

function choiceIn(window: SourceWindow, method: 'copy' | 'encode'): FrameChoice | undefined {
  const exact = chooseFrames(window.frames, window.startSec, window.endSec);
  if (method === 'encode' || exact === undefined) return exact;
  const copied = chooseCopied(window.frames, window.startSec, window.endSec);
  if (copied !== undefined) return copied;
  throw new CliptideError('media', 'there is no key frame from which this span could be copied', {
    hint: 'use the preset source',
  });
}
