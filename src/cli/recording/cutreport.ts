import { join } from 'node:path';
import { shownUri } from '../../adapters/hls/resolve.ts';
import { CliptideError } from '../../domain/errors.ts';
import { capAdvice, scopeIn } from '../capadvice.ts';
import { exit } from '../exit.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clockName } from './cliprow.ts';
import type { Cut, Missing } from './cut.ts';
import { missingBlocks, withoutCode } from './missingblocks.ts';

/**
 * Where no clip could be made at all, the whole was in vain: rejects with `budget` or `space` where one was refused for
 * that, with `input` where the recording is none that can be used.
 */
export function mustBeOfUse({ rows, missing, isRecordingGone }: Cut, { vod, out }: Asked): void {
  if (rows.length > 0) return;
  const refused = missing.find(({ reason }) => /^(budget|space): /.test(reason));
  if (refused !== undefined) {
    throw refusalOf(refused, out);
  }
  const unfit = missing.find(({ reason }) => reason.startsWith('media: '));
  if (unfit !== undefined && missing.every(({ reason }) => /^media(-gone)?: /.test(reason))) {
    const hint = /^https?:/i.test(vod)
      ? 'see whether it plays elsewhere; if it does, download it and give the file'
      : 'give a recording with a video track that ffmpeg can read';
    throw new CliptideError('input', `no moment could be cut: ${withoutCode(unfit.reason)}`, {
      where: shownUri(vod),
      hint,
    });
  }
  if (!isRecordingGone) return;
  const hint = 'check the address: platforms remove recordings and let signed addresses expire';
  const what = `none of the recording's media is there: ${withoutCode(missing[0]?.reason ?? '')}`;
  throw new CliptideError('input', what, { where: shownUri(vod), hint });
}

function refusalOf({ reason, errors }: Missing, out: string): CliptideError {
  const error = errors.find(({ code }) => code === 'space' || code === 'budget');
  const what = `no clip was made: ${error?.message ?? withoutCode(reason)}`;
  if (reason.startsWith('budget')) {
    const where = error?.where ?? scopeIn(reason);
    return new CliptideError('budget', what, { where, hint: capAdvice(where) });
  }
  const hint = error?.hint ?? 'free some space on the disk, or lower freeSpaceFloorBytes';
  return new CliptideError('space', what, { where: out, hint });
}

interface Asked {
  readonly vod: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Tells a person what was cut, and what was not and why; the exit code is 1 where something was not. */
export function reportCut(cut: Cut, options: Asked, terminal: Terminal, zeroAtMs: number): void {
  terminal.end();
  if (cut.rows.length === 0 && cut.missing.length === 0) terminal.line('The chat holds no moment that stands out.');
  for (const block of missingBlocks(cut.missing, options, zeroAtMs)) terminal.line(block);
  if (cut.missing.length > 0) process.exitCode = exit.failed;
  if (options.json || cut.rows.length === 0) return;
  const columns = [
    { title: 'rank', align: 'right' },
    { title: 'starts' },
    { title: 'seconds', align: 'right' },
    { title: 'score', align: 'right' },
    { title: 'title' },
    { title: 'file' },
  ] as const;
  const rows = cut.rows.map((row) => [
    String(row.rank),
    clockName(row.highlight.startSec).replaceAll('.', ':'),
    row.durationSec.toFixed(1),
    row.highlight.score.toFixed(2),
    row.title,
    join(options.out, row.file),
  ]);
  process.stdout.write(table(columns, rows));
}
