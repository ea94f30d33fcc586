import { join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { exit } from '../exit.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clockName } from './cliprow.ts';
import type { Cut } from './cut.ts';

/**
 * Where no clip could be made at all, the whole was in vain: rejects with `budget` or `space` where one was refused for
 * that, with `input` where the recording is none that can be used.
 */
export function mustBeOfUse({ rows, missing, isRecordingGone }: Cut, vod: string): void {
  if (rows.length > 0) return;
  const refused = missing.find(({ reason }) => /^(budget|space): /.test(reason));
  if (refused !== undefined) {
    const code = refused.reason.startsWith('space') ? 'space' : 'budget';
    const hint = 'free some space, or raise dataCapBytes (docs/configuration.md)';
    throw new CliptideError(code, `no clip was made: ${withoutCode(refused.reason)}`, { hint });
  }
  const unfit = missing.find(({ reason }) => reason.startsWith('media: '));
  if (unfit !== undefined && missing.every(({ reason }) => /^media(-gone)?: /.test(reason))) {
    const hint = /^https?:/i.test(vod)
      ? 'see whether it plays elsewhere; if it does, download it and give the file'
      : 'give a recording with a video track that ffmpeg can read';
    throw new CliptideError('input', `no moment could be cut: ${withoutCode(unfit.reason)}`, { where: vod, hint });
  }
  if (!isRecordingGone) return;
  const hint = 'check the address: platforms remove recordings and let signed addresses expire';
  const what = `none of the recording's media is there: ${withoutCode(missing[0]?.reason ?? '')}`;
  throw new CliptideError('input', what, { where: vod, hint });
}

const withoutCode = (reason: string): string => reason.replace(/^[a-z-]+: /, '');

interface Asked {
  readonly vod: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Tells a person what was cut, and what was not and why; the exit code is 1 where something was not. */
export function reportCut(cut: Cut, options: Asked, terminal: Terminal, zeroAtMs: number): void {
  terminal.end();
  if (cut.rows.length === 0 && cut.missing.length === 0) terminal.line('The chat holds no moment that stands out.');
  for (const { candidate, reason } of cut.missing) {
    const at = clockName((candidate.peakMs - zeroAtMs) / 1_000).replaceAll('.', ':');
    terminal.line(`cliptide: rank ${candidate.rank} at ${at} could not be cut: ${withoutCode(reason)}`);
  }
  if (cut.missing.some(({ reason }) => reason.startsWith('media-gone'))) {
    const todo = 'check that the recording is complete, the --offset, and that the dates of chat and playlist agree';
    terminal.line(`  where: ${options.vod}\n  to do: ${todo}`);
  }
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
