import type { CommandContext } from '../context.ts';
import { counted } from '../counted.ts';
import type { PipelineNode } from '../node/node.ts';
import { shellWord } from '../shellword.ts';
import { type BroadcastIds, type ClipCounts, exitOf, type Outcome, outcomeOf } from './outcome.ts';

/** Says what a `live` that is done has made, and sets what the process ends with. */
export async function sayEnd(
  ids: BroadcastIds,
  node: PipelineNode,
  { terminal, output, configFile }: CommandContext,
  { json, isRecorded }: { readonly json: boolean; readonly isRecorded: boolean },
): Promise<void> {
  const outcome = await outcomeOf(ids, node.deps);
  if (json) await output.write(summaryRow(ids.streamId, outcome));
  terminal.line(sumLine(ids.streamId, outcome));
  const place = `--data ${shellWord(node.folder)}`;
  if (outcome.refused > 0) terminal.line(laterLine(place, configFile));
  if (!isRecorded) terminal.line(unrecordedLine(place));
  terminal.line(`over; its clips: npx cliptide sql ${place} 'SELECT peak_at, title, file FROM clip_files'`);
  const code = exitOf(outcome);
  // A success is left to what else may still go wrong.
  if (code !== 0) process.exitCode = code;
}

/** For people, of a `live` that is interrupted; clips that are nearly done may be made before it ends. */
export function openLine({ open }: Pick<Outcome, 'open'>): string {
  if (open === 0) return 'no clip is open; the same command goes on with the broadcast';
  const whose = open === 1 ? 'the clips of 1 highlight are' : `the clips of ${open} highlights are`;
  return `${whose} open; the same command goes on with them`;
}

/** For people: what came of a broadcast, from its events to its clips. */
export function sumLine(streamId: string, outcome: Outcome): string {
  const { fates, highlights } = outcome;
  const { read, processed, late, duplicate, deadLettered, ignored } = fates ?? noFates;
  const events = `${counted(read, 'event')}: ${processed} processed, ${late} late, ${duplicate} duplicate`;
  const found = counted(highlights, 'highlight');
  return `sum of ${streamId}: ${events}, ${deadLettered} dead, ${ignored} ignored; ${found}; ${clipsLine(outcome)}`;
}

/** The same for programs. */
export function summaryRow(streamId: string, outcome: Outcome) {
  const { fates, highlights } = outcome;
  return { kind: 'summary', streamId, ...(fates ?? noFates), highlights, ...clipFields(outcome) };
}

const noFates = { read: 0, processed: 0, late: 0, duplicate: 0, deadLettered: 0, ignored: 0 };

/** The counts as fields of a line of JSON. */
export const clipFields = ({ wanted, made, refused, failed }: ClipCounts) => ({
  clipsWanted: wanted,
  clipsMade: made,
  clipsRefused: refused,
  clipsFailed: failed,
});

/** How many of the clips that were wanted were made, and what became of the others. */
export function clipsLine({ wanted, made, refused, failed }: ClipCounts): string {
  const others = [
    ...(refused > 0 ? [`${refused} refused by a budget or for want of space`] : []),
    ...(failed > 0 ? [`${failed} could not be cut`] : []),
  ];
  return `${made} of ${counted(wanted, 'clip')} made${others.map((other) => `, ${other}`).join('')}`;
}

/** For people: why the results do not show all that was said, and when they will. */
export const unrecordedLine = (place: string): string =>
  'the results do not hold all of this yet: they are slow, or full (dataCapBytes)\n' +
  `  to do: what is missing is recorded when live or run is next started with ${place}`;

/** For people: how what was refused is tried again, under the same configuration. */
export function laterLine(place: string, configFile: string | undefined): string {
  const config = configFile === undefined ? '' : `--config ${shellWord(configFile)} `;
  return (
    'live does not try again what was refused, nor does another live on this folder\n' +
    `  to do: make room for it, then npx cliptide ${config}run ${place}: it tries again, the first time after a minute`
  );
}
