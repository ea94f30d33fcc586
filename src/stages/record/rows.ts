import type { ResultRow } from '../../ports/results.ts';
import type { SinkInput } from '../../runtime/stage.ts';
import { rankingRows, runRow, secondRow } from './curverows.ts';
import { detectedRows, journalRows } from './highlightrows.ts';
import type { TableRow } from './values.ts';
import { attemptRow, type ClipAddress, clipRow, deadLetterRow, gapRow } from './workrows.ts';

/**
 * The rows of a batch, by table. `run` stands for records that do not name theirs, `clipAddress` for where clips lie unless it
 * is below the data folder. The same batch gives the same rows.
 */
export function rowsOf(
  batch: readonly SinkInput[],
  run: string,
  clipAddress?: ClipAddress,
): ReadonlyMap<string, readonly ResultRow[]> {
  const tables = new Map<string, ResultRow[]>();
  for (const input of batch) {
    for (const [table, row] of tableRows(input, run, clipAddress)) {
      const rows = tables.get(table);
      if (rows === undefined) tables.set(table, [row]);
      else rows.push(row);
    }
  }
  return tables;
}

function tableRows(input: SinkInput, run: string, clipAddress: ClipAddress | undefined): readonly TableRow[] {
  switch (input.topic) {
    case 'streams.seconds':
      return [secondRow(input.record)];
    case 'highlights.detected':
      return detectedRows(input.record, input.offset);
    case 'highlights.ranked':
      return rankingRows(input.record);
    case 'highlights.journal':
      return journalRows(input.record, input.offset, input.appendedAtMs);
    case 'clips.rendered':
      return [clipRow(input.record, input.offset, clipAddress)];
    case 'attempts':
      return [attemptRow(input.record, input.offset)];
    case 'runs':
      // Which broadcasts a run has done, the table of streams says.
      return input.record.kind === 'broadcast' ? [] : [runRow(input.record)];
    case 'operator.gaps':
      return [gapRow(input.record)];
    case 'ingest.dead':
    case 'score.dead':
    case 'conduct.dead':
    case 'refine.dead':
    case 'render.dead':
    case 'keep.dead':
    case 'notify.dead':
      return [deadLetterRow(input.record, run)];
    default:
      return [];
  }
}
