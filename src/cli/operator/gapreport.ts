import type { GapRow, RecoverRow, RecreatedRow } from '../../runtime/operator/gaps.ts';

/** What is lost, or was given up, for people. */
export function gapReport(rows: readonly (GapRow | RecreatedRow | RecoverRow)[]): string {
  return rows.map(line).join('');
}

function line(row: GapRow | RecreatedRow | RecoverRow): string {
  if (row.kind === 'gap') {
    const { stage, topic, partition, fromOffset, toOffset, records, accepted } = row;
    const what = accepted ? 'given up' : 'lost';
    const range = `offsets ${fromOffset} to ${toOffset - 1} of ${topic}, partition ${partition}`;
    return `${what}: ${range}, ${records} records, before ${stage} had read them\n`;
  }
  if (row.kind === 'recreated') {
    const { stage, topic, partition, position, end } = row;
    const place = `${topic}, partition ${partition}`;
    return (
      `made anew: ${stage} is at offset ${position} of ${place}, which ends at ${end}\n` +
      '  to do: this is no gap that can be given up; begin with topics under another prefix, or restore a backup\n'
    );
  }
  return verdict(row);
}

function verdict({ gaps, records, accepted }: RecoverRow): string {
  if (gaps === 0) return 'no records are lost\n';
  if (accepted === 0) return `${records} records are lost; to give them up: cliptide recover --accept-gap\n`;
  return `${records} records were given up, on the record; start the stages again\n`;
}
