import { relative } from 'node:path';
import type { DemoBroadcast } from '../../demo/broadcast.ts';
import type { ResultRow } from '../../ports/results.ts';
import { table } from '../table.ts';
import { clock, type DemoClip } from './clips.ts';

/** The table at the end, for people: each clip with its delays, and what ClickHouse says. */
export function printSummary(
  clips: readonly DemoClip[],
  demo: DemoBroadcast,
  pace: number,
  asked: { readonly sql: string; readonly rows: readonly ResultRow[] },
): void {
  const columns = [
    { title: 'moment' },
    { title: 'detected after', align: 'right' },
    { title: 'on disk after', align: 'right' },
    { title: 'fetched', align: 'right' },
    { title: 'needed', align: 'right' },
    { title: 'file' },
  ] as const;
  const sorted = [...clips].sort((a, b) => a.momentSec - b.momentSec);
  const rows = sorted.map((clip) => [
    clock(clip.momentSec),
    `${(clip.detectedSec - clip.momentSec).toFixed(1)} s`,
    `${(clip.onDiskSec - clip.momentSec).toFixed(1)} s`,
    `${Math.round(clip.bytesFetched / 1_000)} kB`,
    `${Math.round(clip.bytesNeeded / 1_000)} kB`,
    relative(process.cwd(), clip.file),
  ]);
  process.stdout.write(`\n${table(columns, rows)}\n`);
  process.stdout.write(`${inWords(demo, pace)}\n\n`);
  process.stdout.write(`ClickHouse> ${asked.sql}\n${rowsOf(asked.rows)}`);
}

function inWords({ script }: DemoBroadcast, pace: number): string {
  const { moments, raidSec, spamSec } = script;
  return [
    `Planted: ${moments.map(clock).join(', ')}; the raid at ${clock(raidSec)} and the spam at ${clock(spamSec)} are no moments.`,
    `Delays are seconds of the broadcast: at pace ${pace} 10 of them are ${(10 / pace).toFixed(1)} s here.`,
  ].join('\n');
}

function rowsOf(rows: readonly ResultRow[]): string {
  const titles = Object.keys(rows[0] ?? {});
  return table(
    titles.map((title) => ({ title })),
    rows.map((row) => titles.map((title) => String(row[title]))),
  );
}
