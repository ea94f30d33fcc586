import { readVideo } from '../../../src/cli/eval/chatset.ts';
import type { MeasuredSets } from '../../../src/cli/eval/reading.ts';
import type { Mistake } from './mistakes.ts';

const beforeSec = 20;
const afterSec = 50;

/** The worst mistakes of each set with the chat around them: for reading, not for publishing. */
export async function pageOfMistakes(
  data: MeasuredSets,
  lists: readonly (readonly Mistake[])[],
  most: number,
): Promise<string> {
  const parts: string[] = [];
  for (const set of data.sets) {
    for (const list of lists) {
      for (const mistake of list.filter((one) => one.set === set.name).slice(0, most)) {
        const { messages } = await readVideo(set, mistake.id);
        const from = mistake.startSec - beforeSec;
        const until = Math.max(mistake.startSec, mistake.endSec) + afterSec;
        const around = messages.filter(({ atMs }) => atMs >= from * 1000 && atMs <= until * 1000);
        const lines = around.map(({ atMs, text }) => `${(atMs / 1000 - mistake.startSec).toFixed(0)}\t${text}`);
        const { what, kind, id, startSec, endSec, score, nearest } = mistake;
        const head = [what, kind, set.name, id, startSec.toFixed(0), `+${(endSec - startSec).toFixed(0)} s`];
        const label = nearest === null ? '' : `, nearest label ${nearest.map((at) => at.toFixed(0)).join(' to ')}`;
        parts.push(`## ${head.join(' ')}, score ${score.toFixed(2)}${label}\n${lines.join('\n')}\n`);
      }
    }
  }
  return parts.join('\n');
}
