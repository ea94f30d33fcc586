import type { CommandContext } from '../context.ts';
import type { PipelineNode } from '../node/node.ts';
import { shellWord } from '../shellword.ts';
import { type BroadcastIds, exitOf, type Outcome, outcomeOf } from './outcome.ts';

/** Says what a `live` that is done has made, and sets what the process ends with. */
export async function sayEnd(ids: BroadcastIds, node: PipelineNode, { terminal }: CommandContext): Promise<void> {
  const outcome = await outcomeOf(ids, node.deps);
  terminal.line(clipsLine(outcome));
  const place = `--data ${shellWord(node.folder)}`;
  if (outcome.refused > 0) terminal.line(laterLine(place));
  terminal.line(`over; its clips: npx cliptide sql ${place} 'SELECT peak_at, title, file FROM clip_files'`);
  const code = exitOf(outcome);
  // A success is left to what else may still go wrong.
  if (code !== 0) process.exitCode = code;
}

/** How many of the clips that were wanted were made, and what became of the others. */
export function clipsLine({ wanted, made, refused, failed }: Outcome): string {
  const others = [
    ...(refused > 0 ? [`${refused} refused by a budget or for want of space`] : []),
    ...(failed > 0 ? [`${failed} could not be cut`] : []),
  ];
  return `${made} of ${wanted} ${wanted === 1 ? 'clip' : 'clips'} made${others.map((other) => `, ${other}`).join('')}`;
}

const laterLine = (place: string): string =>
  'live does not try again what was refused, nor does another live on this folder\n' +
  `  to do: make room for it, then npx cliptide run ${place}: it tries again, the first time after a minute`;
