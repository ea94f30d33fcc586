import type { ChildProcess } from 'node:child_process';
import Ffmpeg from 'fluent-ffmpeg';
import { type RunEnd, runFailure } from './failure.ts';
import { groupCommand, overseeGroup } from './group.ts';
import { ownSession } from './session.ts';

export interface FfmpegInput {
  readonly options: readonly string[];
  readonly uri: string;
}

export interface FfmpegOutput {
  readonly options: readonly string[];
  /** A `file:` address, or `-` with a format that writes nothing. */
  readonly target: string;
}

export interface FfmpegRun {
  /** Path of ffmpeg. */
  readonly ffmpeg: string;
  /** Options for the whole run, such as a filter graph. */
  readonly options?: readonly string[];
  readonly inputs: readonly FfmpegInput[];
  readonly outputs: readonly FfmpegOutput[];
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Every line that ffmpeg prints. */
  readonly onLine?: (line: string) => void;
  /** How much of the first output is written, in milliseconds. */
  readonly onWritten?: (ms: number) => void;
}

const tailLines = 40;

type Started = (process: ChildProcess, stdout: Ring, stderr: Ring) => void;
type Ended = (error: Error | null, stdout: Ring | undefined, stderr: Ring | undefined) => void;
interface Ring {
  get(): string;
}

/** The parts of fluent-ffmpeg's command that are not in its types. */
interface Unchecked {
  _spawnFfmpeg(args: string[], options: object, started: Started, ended: Ended): void;
  _checkCapabilities(done: (error?: Error) => void): void;
  availableEncoders(done: (error: Error | null, encoders: object) => void): void;
}

/**
 * Runs ffmpeg to its end and resolves with the CPU seconds that it used. It is in a process group of its own, which is
 * gone when this settles. Rejects with `timeout`, `aborted`, `space`, `media`, `media-gone` or `tool`.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<number> {
  if (run.signal?.aborted) throw runFailure({ ended: 'stopped', code: null, signal: null }, [], 0);
  const started = performance.now();
  const tail: string[] = [];
  let cpuSeconds = 0;
  let oversight: Promise<RunEnd> | undefined;
  const command = buildCommand(run, (process) => {
    oversight = overseeGroup(process, run.deadlineMs, run.signal);
  });
  command.on('stderr', (line: string) => {
    if (readProgress(line, run)) return;
    cpuSeconds = benchmark(line) ?? cpuSeconds;
    if (line !== '') tail.push(line);
    if (tail.length > tailLines) tail.shift();
    run.onLine?.(line);
  });
  const failure = await settled(command);
  const end = (await oversight) ?? {
    ended: '',
    code: null,
    signal: null,
    error: failure?.message ?? 'no reason given',
  };
  if (end.ended === '' && end.code === 0 && end.error === undefined) return cpuSeconds;
  throw runFailure(end, tail, (performance.now() - started) / 1000);
}

const everyRun = [
  '-hide_banner',
  '-nostdin',
  '-y',
  '-nostats',
  '-benchmark',
  '-loglevel',
  'level+info',
  '-progress',
  'pipe:2',
];

/** A command that does nothing but what it is told; its process is handed on as soon as there is one. */
function plainCommand(program: string, onProcess: (process: ChildProcess) => void): Ffmpeg.FfmpegCommand {
  // The last 100 lines are enough; 0 would keep all.
  const command = Ffmpeg({ stdoutLines: 100 });
  command.setFfmpegPath(program);
  // fluent-ffmpeg would run its "ffmpeg", which is a shell here, to ask for formats and encoders.
  const unchecked = command as unknown as Unchecked;
  unchecked._checkCapabilities = (done) => done();
  unchecked.availableEncoders = (done) => done(null, {});
  const spawn = unchecked._spawnFfmpeg.bind(command);
  // Where the process cannot be started it would read its output all the same, and throw where nobody can catch it.
  const empty: Ring = { get: () => '' };
  unchecked._spawnFfmpeg = (args, options, started, ended) =>
    spawn(
      args,
      { ...options, detached: ownSession },
      (process, stdout, stderr) => {
        onProcess(process);
        started(process, stdout, stderr);
      },
      (error, stdout, stderr) => ended(error, stdout ?? empty, stderr ?? empty),
    );
  return command;
}

function buildCommand(run: FfmpegRun, onProcess: (process: ChildProcess) => void): Ffmpeg.FfmpegCommand {
  const [program, ...front] = groupCommand(run.ffmpeg, run.deadlineMs);
  const command = plainCommand(program, onProcess);
  // What stands before the first input's address stands first of all. Lists of options are spread: fluent-ffmpeg splits
  // a single one at its space, so every input and output has two or more.
  let lead: readonly string[] = [...front, ...everyRun, ...(run.options ?? [])];
  for (const input of run.inputs) {
    command.input(input.uri).inputOptions(...lead, ...input.options);
    lead = [];
  }
  for (const output of run.outputs) command.output(output.target).outputOptions(...output.options);
  return command;
}

/** Runs the command; resolves with its error, if any, once the process is gone. */
function settled(command: Ffmpeg.FfmpegCommand): Promise<Error | undefined> {
  return new Promise((resolve) => {
    command.on('error', (error: Error) => resolve(error));
    command.on('end', () => resolve(undefined));
    command.run();
  });
}

/** Whether the line is one of `-progress`. Its out_time_ms is in microseconds too, whatever its name says. */
function readProgress(line: string, run: FfmpegRun): boolean {
  const written = /^out_time_us=(\d+)/.exec(line)?.[1];
  if (written !== undefined) run.onWritten?.(Number(written) / 1000);
  return /^(frame|fps|stream_\S+|bitrate|total_size|out_time\S*|dup_frames|drop_frames|speed|progress)=/.test(line);
}

function benchmark(line: string): number | undefined {
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(line);
  return times === null ? undefined : Number(times[1]) + Number(times[2]);
}
