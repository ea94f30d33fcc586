import type { ReplayRow, SkipReason } from '../../runtime/operator/replay.ts';
import type { LetterRow, ShownRow } from '../../runtime/operator/rows.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';

/** Bytes of a record that are printed for people; --json has all. */
const shownBytes = 512;
const columns = [{ title: 'put aside' }, { title: 'state' }, { title: 'id' }, { title: 'reason' }];

/** Dead letters for people. */
export function letterTable(rows: readonly LetterRow[], limit: number): string {
  if (rows.length === 0) return 'no dead letters\n';
  const lines = rows.map(({ latestAt, state, id, reason }) => [latestAt, state, id, reason]);
  const more = rows.length === limit ? `these are the newest ${limit}; --limit shows more\n` : '';
  return table(columns, lines) + more;
}

/** One dead letter for people, with what its record says or its bytes. */
export function letterBlock(row: ShownRow): string {
  const headers = Object.entries(row.headers).map(([name, value]) => `${name}=${value}`);
  const lines: [string, string][] = [
    ['id', row.id],
    ['state', row.replays === 0 ? row.state : `${row.state} (sent ${row.replays} times)`],
    ['stage', row.stage],
    ['record', `${row.topic}, partition ${row.partition}, offset ${row.offset}`],
    ['key', row.key],
    ...(row.streamId === '' ? [] : [['broadcast', row.streamId] as [string, string]]),
    ['put aside', row.at === row.latestAt ? row.at : `${row.at}, last ${row.latestAt}`],
    ['reason', `${row.code}: ${row.reason}`],
    ['headers', headers.length === 0 ? 'none' : headers.join(', ')],
    ['size', `${row.valueBytes} bytes${row.isWhole ? '' : ', of which the first 64 KiB are left'}`],
  ];
  const head = lines.map(([name, value]) => `${`${name}:`.padEnd(11)}${printable(value)}\n`).join('');
  return head + body(row);
}

function body({ record, decodeError, hex, text }: ShownRow): string {
  if (decodeError === null) return `${printable(JSON.stringify(record, undefined, 2), true)}\n`;
  const bytes = Buffer.from(hex ?? '', 'hex').subarray(0, shownBytes);
  const dump = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, line) => {
    const part = bytes.subarray(line * 16, line * 16 + 16);
    const pairs = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return `  ${pairs.padEnd(48)} ${printable(part.toString('latin1'))}\n`;
  });
  const cut = (text ?? '').length > shownBytes ? '  ... (--json has all of it)\n' : '';
  return `it cannot be decoded: ${printable(decodeError)}\n${dump.join('')}${cut}`;
}

const reasons: Readonly<Record<SkipReason, string>> = {
  replayed: 'it was sent before, and has not come back (--again sends it once more)',
  source: 'it came from a source, not from a topic: mend the source',
  empty: 'there is nothing in it',
  cut: 'only its first 64 KiB are left: its topic does not hold it any more',
};

/** What became of a letter, or the sum. */
export function replayLine(row: ReplayRow): string {
  if (row.kind === 'replayed') return printable(`sent: ${row.id} as offset ${row.offset}`).concat('\n');
  if (row.kind === 'skipped') return printable(`left: ${row.id}: ${reasons[row.reason]}`).concat('\n');
  return `${row.replayed} sent again, ${row.skipped} left\n`;
}
