// Checks what `npm run demo -- --json --keep` printed: node scripts/verify-demo.ts FILE. Exit 1 with what is wrong.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { locateTool } from '../src/adapters/ffmpeg/locate.ts';
import { MOMENTS, RAID_LASTS_SEC, RAID_SEC, SPAM_LASTS_SEC, SPAM_SEC } from '../src/demo/plan.ts';

interface ClipLine {
  readonly kind: 'clip';
  readonly highlightId: string;
  readonly momentSec: number;
  readonly detectedSec: number;
  readonly onDiskSec: number;
  readonly file: string;
  readonly bytesFetched: number;
  readonly bytesNeeded: number;
}
interface DoneLine {
  readonly kind: 'done';
  readonly dataDir: string;
  readonly onAirSec: number;
}

/** Chat lags a moment by some seconds, and so may the peak. */
const nearSec = 20;
const launch = fileURLToPath(new URL('../src/launch.mjs', import.meta.url));
const wrong: string[] = [];
const must = (holds: boolean, text: string): void => {
  if (!holds) wrong.push(text);
};

const lines = readFileSync(process.argv[2] ?? 0, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line) as ClipLine | DoneLine);
const clips = lines.filter((line) => line.kind === 'clip');
const done = lines.find((line) => line.kind === 'done');

checkMoments();
await checkFiles();
if (done === undefined) wrong.push('there is no "done" line');
else checkRows(done);
process.stdout.write(wrong.length === 0 ? `the demo's ${clips.length} clips are right\n` : `${wrong.join('\n')}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;

function checkMoments(): void {
  for (const moment of MOMENTS)
    must(
      clips.some((clip) => Math.abs(clip.momentSec - moment) <= nearSec),
      `the moment at ${moment} s has no clip`,
    );
  const lures = [
    ['raid', RAID_SEC, RAID_SEC + RAID_LASTS_SEC],
    ['spam', SPAM_SEC, SPAM_SEC + SPAM_LASTS_SEC],
  ] as const;
  for (const [what, from, to] of lures) {
    const lured = clips.filter((clip) => clip.momentSec >= from && clip.momentSec <= to);
    must(lured.length === 0, `the ${what} made a clip`);
  }
  for (const clip of clips) {
    const when = `clip of ${clip.momentSec} s: moment, detection, disk and end of the broadcast are not in this order`;
    must(clip.momentSec < clip.detectedSec && clip.detectedSec < clip.onDiskSec, when);
    must(done === undefined || clip.onDiskSec < done.onAirSec, when);
    must(clip.bytesFetched <= clip.bytesNeeded, `clip of ${clip.momentSec} s: more was fetched than needed`);
  }
}

async function checkFiles(): Promise<void> {
  const ffprobe = (await locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE)).path;
  const entries = 'stream=codec_type,codec_name:format=duration';
  for (const { file } of clips) {
    const text = execFileSync(ffprobe, ['-v', 'error', '-show_entries', entries, '-of', 'json', file], {
      encoding: 'utf8',
    });
    const probed = JSON.parse(text) as { streams: { codec_name: string }[]; format: { duration: string } };
    const codecs = probed.streams.map((stream) => stream.codec_name).sort();
    must(codecs.join() === 'aac,h264', `${file} holds ${codecs.join()}, not aac and h264`);
    const seconds = Number(probed.format.duration);
    must(seconds >= 5 && seconds <= 120, `${file} lasts ${seconds} s`);
  }
}

function checkRows({ dataDir }: DoneLine): void {
  const sql = "SELECT DISTINCT highlight_id FROM clips WHERE outcome = 'done' ORDER BY highlight_id";
  const output = execFileSync(process.execPath, [launch, 'sql', '--data', dataDir, '--format', 'TSV', sql], {
    encoding: 'utf8',
  });
  const rows = output.split('\n').filter((line) => line !== '');
  const ids = [...new Set(clips.map((clip) => clip.highlightId))].sort();
  must(
    rows.join() === ids.join(),
    `ClickHouse holds clips of ${rows.length} highlights, the demo printed ${ids.length}`,
  );
}
