import type { ArchiveSpan, MediaAnalyzer, MediaFindings } from '../../ports/analyzer.ts';
import type { LeasedPart } from '../../ports/mediacache.ts';
import { inputOptions } from './encode.ts';
import { runFfmpeg } from './run.ts';
import { contiguousRuns, type PartRun } from './runs.ts';
import { localOnly, sourceUri } from './source.ts';
import { sourceWindow } from './sourcewindow.ts';
import type { Tools } from './tools.ts';
import type { SourceWindow } from './window.ts';

/** Sound below this for at least so long is a silence. */
const silence = 'noise=-35dB:d=0.3';
/** Pictures a second and size at which cuts are looked for, and the share of change (0 to 100) that is one. */
const cuts = { rate: 12, size: '160:90', threshold: 12 };
const deadlineMs = 120_000;

/**
 * Finds silences and scene cuts in one decode of small pictures, without deblocking and without frames that no other
 * one refers to: cuts are right to about a tenth of a second.
 */
export function ffmpegAnalyzer(tools: Tools): MediaAnalyzer {
  return {
    analyze: async (parts, span, signal, only) => {
      const silences: ArchiveSpan[] = [];
      const sceneCuts: number[] = [];
      for (const run of runsIn(parts, span)) {
        const found = await (only === 'sound' ? listenTo : analyzeRun)(tools, run, span, signal);
        silences.push(...found.silences);
        sceneCuts.push(...found.sceneCuts);
      }
      return { silences, sceneCuts };
    },
  };
}

function runsIn(parts: readonly LeasedPart[], span: ArchiveSpan): PartRun[] {
  return contiguousRuns(parts).filter((run) => run.startMs < span.toMs && run.endMs > span.fromMs);
}

async function analyzeRun(tools: Tools, run: PartRun, span: ArchiveSpan, signal?: AbortSignal): Promise<MediaFindings> {
  const startMs = Math.max(span.fromMs, run.startMs);
  const endMs = Math.min(span.toMs, run.endMs);
  const window = await sourceWindow({ ffprobe: tools.ffprobe, run, startMs, endMs, signal });
  const lines: string[] = [];
  await runFfmpeg({
    ffmpeg: tools.ffmpeg,
    options: ['-copyts'],
    inputs: [
      {
        options: [...inputOptions(window), '-skip_loop_filter:v', 'all', '-skip_frame:v', 'noref'],
        uri: window.uri,
      },
    ],
    outputs: outputs(window),
    deadlineMs,
    signal,
    onLine: (line) => lines.push(line),
  });
  const toArchive = (sec: number): number => Math.round(run.startMs + (sec - window.baseSec) * 1000);
  return readFindings(lines, toArchive, { fromMs: startMs, toMs: endMs });
}

/** A run without picture: its first sound is at the run's start, which ffmpeg counts as zero. */
async function listenTo(tools: Tools, run: PartRun, span: ArchiveSpan, signal?: AbortSignal): Promise<MediaFindings> {
  const [fromMs, toMs] = [Math.max(span.fromMs, run.startMs), Math.min(span.toMs, run.endMs)];
  const within = `start=${(fromMs - run.startMs) / 1000}:end=${(toMs - run.startMs) / 1000}`;
  const filter = `atrim=${within},silencedetect=${silence}`;
  const lines: string[] = [];
  await runFfmpeg({
    ffmpeg: tools.ffmpeg,
    inputs: [{ options: [...localOnly], uri: sourceUri(run.paths) }],
    outputs: [{ options: ['-map', '0:a:0', '-af', filter, '-f', 'null'], target: '-' }],
    deadlineMs,
    signal,
    onLine: (line) => lines.push(line),
  });
  return readFindings(lines, (sec) => Math.round(run.startMs + sec * 1000), { fromMs, toMs });
}

function outputs(window: SourceWindow): { options: string[]; target: string }[] {
  const within = `start=${window.startSec.toFixed(3)}:end=${window.endSec.toFixed(3)}`;
  const picture = `trim=${within},fps=${cuts.rate},scale=${cuts.size}:flags=area,scdet=threshold=${cuts.threshold}`;
  const nothing = ['-f', 'null'];
  const sound = `atrim=${within},silencedetect=${silence}`;
  return [
    { options: ['-map', `0:${window.video.index}`, '-vf', picture, ...nothing], target: '-' },
    ...(window.audio === undefined
      ? []
      : [{ options: ['-map', `0:${window.audio.index}`, '-af', sound, ...nothing], target: '-' }]),
  ];
}

function readFindings(lines: readonly string[], toArchive: (sec: number) => number, span: ArchiveSpan): MediaFindings {
  const silences: ArchiveSpan[] = [];
  const sceneCuts: number[] = [];
  let open: number | undefined;
  for (const line of lines) {
    const cut = /lavfi\.scd\.time: (-?[\d.]+)/.exec(line)?.[1];
    const start = /silence_start: (-?[\d.]+)/.exec(line)?.[1];
    const end = /silence_end: (-?[\d.]+)/.exec(line)?.[1];
    if (cut !== undefined) sceneCuts.push(toArchive(Number(cut)));
    if (start !== undefined) open = toArchive(Number(start));
    if (end === undefined) continue;
    silences.push({ fromMs: open ?? span.fromMs, toMs: toArchive(Number(end)) });
    open = undefined;
  }
  if (open !== undefined) silences.push({ fromMs: open, toMs: span.toMs });
  return { silences, sceneCuts };
}
