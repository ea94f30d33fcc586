import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../adapters/embedded/clock.ts';
import { type DemoBroadcast, type DemoStudio, openStudio } from '../demo/broadcast.ts';
import { CliptideError } from '../domain/errors.ts';
import type { Broadcast } from '../stages/ingest/broadcast.ts';
import { type CommandContext, contextOf } from './context.ts';
import { clock, type DemoClip, DemoClips } from './demo/clips.ts';
import { type DemoPipeline, startDemoCluster } from './demo/cluster.ts';
import { demoFeed } from './demo/feed.ts';
import { intoDemoFolder } from './demo/folder.ts';
import { ask, resultsHold } from './demo/results.ts';
import { printSummary } from './demo/summary.ts';
import { exit } from './exit.ts';
import { ingestLive } from './live/broadcast.ts';
import { settled } from './live/settle.ts';
import { givenBy } from './node/given.ts';
import { locateTools } from './node/media.ts';
import { type NodeOptions, startNode } from './node/node.ts';
import { shellWord } from './shellword.ts';

interface DemoOptions {
  readonly pace: string;
  readonly keep?: boolean;
  readonly cluster?: boolean;
  readonly json?: boolean;
}

type PlayOptions = Omit<DemoOptions, 'pace'> & { readonly pace: number };

/** `cliptide demo`: a made live broadcast, watched as a real one would be. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('play a made live broadcast and clip its moments while it is on air')
    .option('--pace <n>', 'seconds of the broadcast in a second; 1 is life', '16')
    .option('--keep', 'keep the data folder, for "cliptide sql --data"')
    .option('--cluster', 'over Kafka, ClickHouse and three processes: the configured services, or `npm run services`')
    .option('--json', 'print NDJSON: a line for each clip, and one at the end')
    .action((options: DemoOptions, command: Command) => demo(options, contextOf(command)));
}

async function demo(options: DemoOptions, context: CommandContext): Promise<void> {
  const { config, signal, log } = context;
  const pace = paceOf(options.pace);
  const { ffmpeg } = await locateTools(config);
  const dataDir = await mkdtemp(join(tmpdir(), 'cliptide-demo-'));
  const segments = await mkdtemp(join(tmpdir(), 'cliptide-origin-'));
  try {
    const studio = await openStudio({ pace, ffmpeg, folder: segments, signal, time: systemClock });
    const parts = { config, folder: dataDir, logger: log, given: await givenBy(studio.playlistUrl) };
    const names = await play(studio, parts, { ...options, pace }, context).finally(() => studio.close());
    if (options.keep) context.terminal.line(keptWhere(names, dataDir));
    if (options.json) await context.output.write({ kind: 'done', dataDir, onAirSec: 900, ...names });
  } finally {
    await rm(segments, { recursive: true, force: true });
    if (!options.keep || signal.aborted) await rm(dataDir, { recursive: true, force: true });
  }
}

/** Plays the broadcast to a pipeline of its own; resolves with the names of what stays of it. */
async function play(
  studio: DemoStudio,
  parts: NodeOptions,
  options: PlayOptions,
  context: CommandContext,
): Promise<DemoPipeline['names']> {
  const { node, results, ended, names, stop } = await startPipelineOf(options, parts);
  try {
    await intoDemoFolder(async (folder) => {
      const broadcast = await studio.start();
      try {
        await Promise.race([watch(broadcast, { node, results }, folder, options, context), ended]);
      } finally {
        await broadcast.stop();
      }
    });
  } finally {
    await stop(options.keep === true && !context.signal.aborted);
  }
  return names;
}

function keptWhere({ prefix, database }: DemoPipeline['names'], dataDir: string): string {
  if (prefix === undefined) return `data kept: npx cliptide sql --data ${shellWord(dataDir)} 'SHOW TABLES'`;
  return `data kept: ${dataDir}, Kafka's topics under ${prefix}, ClickHouse's database ${database}`;
}

/** The pipeline of the demo: in this process, or on a cluster. */
async function startPipelineOf(options: PlayOptions, parts: NodeOptions): Promise<DemoPipeline> {
  if (options.cluster) return startDemoCluster(parts);
  const node = await startNode(parts);
  const ended = node.stages.done.then(() => Promise.reject(stoppedEarly()));
  ended.catch(() => undefined);
  return { node, results: node.results.results, ended, names: {}, stop: () => node.stop() };
}

function paceOf(text: string): number {
  const pace = Number(text);
  if (pace >= 0.1 && pace <= 1000) return pace;
  const hint = 'give a number from 0.1 to 1000; 1 is life';
  throw new CliptideError('usage', `"${text}" is no pace`, { where: '--pace', hint });
}

const stoppedEarly = (): CliptideError => new CliptideError('internal', 'the stages stopped before the demo was over');

async function watch(
  demo: DemoBroadcast,
  { node, results }: Pick<DemoPipeline, 'node' | 'results'>,
  folder: string,
  options: PlayOptions,
  context: CommandContext,
): Promise<void> {
  const { config, signal, terminal, output } = context;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const progress = new Progress(demo, context);
  terminal.line(
    `A made broadcast of 15 minutes (picture, sound and chat are all generated), played at pace ${options.pace}; 1 is life.`,
  );
  terminal.line('Times are minutes:seconds of the broadcast; delays are seconds of it.');
  let notes: DemoClips | undefined;
  let watching: Promise<unknown> = Promise.resolve();
  const begin = (broadcast: Broadcast): void => {
    const made = new DemoClips(demo, node, broadcast, folder);
    notes = made;
    const onClip = async (clip: DemoClip): Promise<void> => {
      const file = relative(process.cwd(), clip.file);
      terminal.line(`${clock(clip.onDiskSec)}  the moment of ${clock(clip.momentSec)} is a clip: ${file}`);
      if (options.json) await output.write({ kind: 'clip', ...clip });
    };
    watching = Promise.all([
      made.watchHighlights(until, (line) => terminal.line(line)),
      made.watchClips(until, onClip),
      progress.show(until),
    ]);
    watching.catch((error) => over.abort(error));
  };
  const { streamId, channelId } = demo.script;
  await ingestLive(demoFeed(demo, progress.count), node, config, signal, begin);
  await settled(node.deps, streamId, channelId, until);
  const clips = notes?.clips ?? [];
  await resultsHold(results, clips.length, node.deps.clock, until);
  over.abort();
  await watching;
  progress.last();
  terminal.end();
  if (!options.json) printSummary(clips, demo, options.pace, await ask(results));
  const found = new Set(clips.map((clip) => clip.momentSec));
  if (!demo.script.moments.every((moment) => found.has(moment))) process.exitCode = exit.failed;
}

/** What is on air now, and how many events a second come in. */
class Progress {
  private events = 0;
  private readonly demo: DemoBroadcast;
  private readonly context: CommandContext;
  readonly count = (events: number): void => {
    this.events += events;
  };

  constructor(demo: DemoBroadcast, context: CommandContext) {
    this.demo = demo;
    this.context = context;
  }

  async show(signal: AbortSignal): Promise<void> {
    let before = 0;
    while (!signal.aborted) {
      this.tell(`${this.events - before} events/s`);
      before = this.events;
      await systemClock.sleep(1_000, signal).catch(() => undefined);
    }
  }

  /** It has been on air as a whole. */
  last(): void {
    this.tell(`${this.events} events in all`);
  }

  private tell(events: string): void {
    const { durationSec } = this.demo.script;
    this.context.terminal.progress([`on air ${clock(this.demo.onAirSec())} of ${clock(durationSec)}, ${events}`]);
  }
}
