import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openChatFile } from '../adapters/chatfile/open.ts';
import { systemClock } from '../adapters/embedded/clock.ts';
import type { Config } from '../config/config.ts';
import { nearest } from '../config/nearest.ts';
import { CliptideError } from '../domain/errors.ts';
import { presets as knownPresets } from '../domain/presets.ts';
import type { ChatSource } from '../ports/source.ts';
import { type Opening, openSource } from '../stages/ingest/opening.ts';
import { type CommandContext, contextOf } from './context.ts';
import { counted } from './counted.ts';
import { mustHaveSpace } from './node/freespace.ts';
import { type GivenMedia, givenBy } from './node/given.ts';
import { locateTools } from './node/media.ts';
import { type EmbeddedNode, startNode } from './node/node.ts';
import { type FoundArchive, findArchive, parseOffset } from './recording/archive.ts';
import { broadcastOf } from './recording/broadcast.ts';
import { ClipFolder } from './recording/clipfolder.ts';
import { type CutOptions, cutRecording } from './recording/cut.ts';
import { CutProgress } from './recording/cutprogress.ts';
import { mustBeOfUse, reportCut } from './recording/cutreport.ts';
import { identified } from './recording/identity.ts';
import { RenderFailures } from './recording/renderfailures.ts';
import { startedAtMs } from './recording/startedat.ts';
import { UnusedRecords } from './recording/unused.ts';
import { spokenOn } from './spoken.ts';

interface ClipOptions {
  readonly chat: string;
  readonly vod: string;
  readonly out: string;
  readonly top: string;
  readonly offset: string;
  readonly preset?: string;
  readonly startedAt?: string;
  readonly category?: string;
  readonly json?: boolean;
}

/** `cliptide clip`: cuts the best moments of a recording, by its chat. */
export function addClip(program: Command): void {
  program
    .command('clip')
    .description('cut the best moments of a recording')
    .requiredOption('--chat <file>', 'chat export (plain or gzipped; the format is recognised)')
    .requiredOption(
      '--vod <file|url>',
      'the recording: a media file or an HLS playlist, or the address of an MP4 or a playlist',
    )
    .requiredOption('--out <dir>', 'folder for the clips, their posters and clips.json')
    .option('--top <n>', 'how many of the best moments', '10')
    .option(
      '--offset <seconds|clock>',
      "second (or h:mm:ss) of the recording at which the chat's zero lies, or its date-times",
      '0',
    )
    .option('--preset <names>', 'presets, separated by commas: source, copy')
    .option('--started-at <time>', 'when the broadcast began, for a chat without absolute times')
    .option('--category <name>', "the platform's name of what was shown")
    .option('--json', 'print a line of JSON for each clip')
    .action(async (options: ClipOptions, command: Command) => clip(options, contextOf(command, { logLevel: 'error' })));
}

async function clip(options: ClipOptions, context: CommandContext): Promise<void> {
  const { signal, terminal } = context;
  const wanted = parse(options, context.config);
  const inputs = await openInputs(options, wanted, context).catch((error) => {
    // What was stopped says so in its own way; the person pressed Ctrl-C.
    signal.throwIfAborted();
    throw error;
  });
  const folder = await ClipFolder.open(resolve(options.out), inputs.opening.streamId);
  try {
    await cutInto(folder, { options, wanted, ...inputs, context });
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    const stay = await folder.abandon(reason);
    terminal.end();
    if (stay > 0) terminal.line(`done before it, and listed in ${options.out}/clips.json: ${counted(stay, 'clip')}`);
    throw reason;
  }
}

interface Inputs {
  readonly chat: ChatSource;
  readonly opening: Opening & { readonly streamId: string };
  readonly archive: FoundArchive;
  readonly given: GivenMedia;
}

/** Looks at both inputs before anything is made for them. */
async function openInputs(options: ClipOptions, wanted: Wanted, context: CommandContext): Promise<Inputs> {
  const { config, signal, terminal } = context;
  const chat = await openChatFile(options.chat, { signal });
  const opening = await identified(await openSource(chat, wanted.startedAtMs, signal), chat.format);
  const { ffprobe } = await locateTools(config);
  const { vod } = options;
  const logger = spokenOn(terminal, vod);
  const { mostBitsPerSecond } = config.archive;
  const means = { ffprobe, clock: systemClock, logger, signal, mostBitsPerSecond };
  const archive = await findArchive({ vod, offset: wanted.offset, ...means });
  return { chat, opening, archive, given: await givenBy(vod) };
}

interface Job extends Inputs {
  readonly options: ClipOptions;
  readonly wanted: Wanted;
  readonly context: CommandContext;
}

async function cutInto(folder: ClipFolder, job: Job): Promise<void> {
  const { options, opening, context } = job;
  // What is made counts once all has ended well: only then does it take the place of an earlier run's.
  const cut = await inWorkFolder(folder, context, job.given, async (node, failures) => {
    using shown = new DisposableStack();
    return await cutRecording(cutOptions(folder, job, { node, failures, shown }));
  });
  mustBeOfUse(cut, options);
  const removed = await folder.complete(
    cut.rows,
    cut.missing.map(({ candidate }) => candidate.highlightId),
  );
  reportCut(cut, options, context.terminal, opening.zeroAtMs);
  if (removed > 0) context.terminal.line(`removed from ${options.out}: ${counted(removed, 'clip')} of an earlier run`);
}

interface Means {
  readonly node: EmbeddedNode;
  readonly failures: RenderFailures;
  /** Takes what is shown of the work, until that is over. */
  readonly shown: DisposableStack;
}

function cutOptions(folder: ClipFolder, job: Job, { node, failures, shown }: Means): CutOptions {
  const { options, wanted, chat, opening, archive, context } = job;
  const { terminal, config, signal } = context;
  const policy = { hold: 'ranking', top: wanted.top, presets: wanted.presets };
  const fields = { streamId: opening.streamId, category: options.category ?? '', policy };
  const unused = new UnusedRecords(chat, opening, config.scoring.latenessMs);
  let progress: CutProgress | undefined;
  return {
    node,
    broadcast: broadcastOf(opening, fields, config),
    items: unused.watch(opening.items),
    archive,
    failures,
    top: wanted.top,
    publish: (path, name) => folder.publish(path, name),
    signal,
    onRead: (records) => terminal.progress([`reading chat (${chat.format}): ${counted(records, 'record')}`]),
    onRanking: (ranking, chosen) => {
      terminal.line(`read chat (${chat.format}): ${counted(ranking.fates.read, 'record')}`);
      for (const block of unused.report(options.chat, ranking.fates)) terminal.line(block);
      const [moments, clips] = [chosen.length, chosen.length * wanted.presets.length];
      progress = shown.use(new CutProgress({ terminal, metrics: node.deps.metrics }, { moments, clips }));
    },
    onClip: async (row) => {
      folder.finished(row);
      progress?.clip(row.file);
      if (options.json) await context.output.write({ kind: 'clip', ...row });
    },
  };
}

function mustBePreset(name: string): void {
  if (Object.hasOwn(knownPresets, name)) return;
  const known = Object.keys(knownPresets);
  const near = nearest(name, known);
  const hint = near === undefined ? `use one of: ${known.join(', ')}` : `did you mean ${near}?`;
  throw new CliptideError('usage', `there is no preset named "${name}"`, { where: '--preset', hint });
}

/** A ranking holds the 50 best moments at most. */
const longestRanking = 50;

type Wanted = ReturnType<typeof parse>;

function parse(options: ClipOptions, config: Config) {
  const top = Number(options.top);
  if (!Number.isSafeInteger(top) || top < 1) {
    const hint = 'give a whole number, at least 1';
    throw new CliptideError('usage', `"${options.top}" is no number of clips`, { where: '--top', hint });
  }
  const presets = options.preset?.split(',').map((name) => name.trim()) ?? config.render.presets;
  presets.forEach(mustBePreset);
  return {
    top: Math.min(top, longestRanking),
    presets: [...new Set(presets)],
    offset: parseOffset(options.offset),
    startedAtMs: startedAtMs(options.startedAt),
  };
}

/** A node over a data folder that lies beside the clips while they are made, and goes whatever happens. */
async function inWorkFolder<T>(
  folder: ClipFolder,
  { config, log }: CommandContext,
  given: GivenMedia,
  work: (node: EmbeddedNode, failures: RenderFailures) => Promise<T>,
): Promise<T> {
  // The node would name a folder that is gone when a person reads of it.
  await mustHaveSpace(folder.path, config, 'another --out');
  const data = await folder.workFolder();
  try {
    const failures = new RenderFailures();
    const onRenderFailed = failures.take;
    const node = await startNode({ config, folder: data, logger: log, given, onRenderFailed });
    try {
      return await Promise.race([work(node, failures), node.stages.done.then(() => Promise.reject(stoppedEarly()))]);
    } finally {
      await node.stop();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

const stoppedEarly = (): CliptideError =>
  new CliptideError('internal', 'the stages stopped before the clips were done');
