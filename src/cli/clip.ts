import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { openChatFile } from '../adapters/chatfile/open.ts';
import type { Config } from '../config/config.ts';
import { nearest } from '../config/nearest.ts';
import { CliptideError } from '../domain/errors.ts';
import { presets as knownPresets } from '../domain/presets.ts';
import type { ChatSource } from '../ports/source.ts';
import { type Opening, openSource } from '../stages/ingest/opening.ts';
import { type CommandContext, contextOf } from './context.ts';
import { type EmbeddedNode, startNode } from './node/node.ts';
import { findArchive, parseOffset } from './recording/archive.ts';
import { broadcastOf } from './recording/broadcast.ts';
import type { ClipRow } from './recording/cliprow.ts';
import { cutRecording } from './recording/cut.ts';
import { mustHoldMedia, reportCut } from './recording/cutreport.ts';
import { identified } from './recording/identity.ts';
import { openOutput, publishText } from './recording/outputs.ts';
import { startedAtMs } from './recording/startedat.ts';
import { UnusedRecords } from './recording/unused.ts';

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
    .requiredOption('--vod <file|url>', 'the recording: a media file, or an HLS playlist (file or address)')
    .requiredOption('--out <dir>', 'folder for the clips, their posters and clips.json')
    .option('--top <n>', 'how many of the best moments', '10')
    .option('--offset <seconds|clock>', "second of the recording at which the chat's zero lies, or its date-times", '0')
    .option('--preset <names>', 'presets, separated by commas: source, copy')
    .option('--started-at <time>', 'when the broadcast began, for a chat without absolute times')
    .option('--category <name>', "the platform's name of what was shown")
    .option('--json', 'print a line of JSON for each clip')
    .action(async (options: ClipOptions, command: Command) => clip(options, contextOf(command)));
}

async function clip(options: ClipOptions, context: CommandContext): Promise<void> {
  const { signal } = context;
  const wanted = parse(options, context.config);
  const folder = resolve(options.out);
  const chat = await openChatFile(options.chat, { signal });
  const opening = await identified(await openSource(chat, wanted.startedAtMs, signal), chat.format);
  const undo = await openOutput(folder);
  try {
    await cutInto(folder, { options, wanted, chat, opening, context });
  } catch (error) {
    await undo();
    // What was stopped says so in its own way; the person pressed Ctrl-C.
    context.signal.throwIfAborted();
    throw error;
  }
}

interface Job {
  readonly options: ClipOptions;
  readonly wanted: ReturnType<typeof parse>;
  readonly chat: ChatSource;
  readonly opening: Opening & { readonly streamId: string };
  readonly context: CommandContext;
}

async function cutInto(folder: string, { options, wanted, chat, opening, context }: Job): Promise<void> {
  const { signal, terminal, config } = context;
  await inWorkFolder(folder, context, async (node) => {
    const { tools, fetcher, deps } = node;
    const source = { vod: options.vod, offset: wanted.offset, live: false, ffprobe: tools.ffprobe, fetcher };
    const archive = await findArchive({ ...source, clock: deps.clock, logger: deps.logger, signal });
    const policy = { hold: 'ranking', top: wanted.top, presets: wanted.presets };
    const fields = { streamId: opening.streamId, category: options.category ?? '', policy };
    const broadcast = broadcastOf(opening, fields, config);
    const unused = new UnusedRecords(chat, opening, config.scoring.latenessMs);
    let clips = 0;
    let done = 0;
    const onClip = async (row: ClipRow): Promise<void> => {
      done += 1;
      terminal.progress([`${done} of ${clips} clips: ${row.file}`]);
      if (options.json) await context.output.write({ kind: 'clip', ...row });
    };
    const cut = await cutRecording({
      node,
      broadcast,
      items: unused.watch(opening.items),
      archive,
      top: wanted.top,
      folder,
      signal,
      onRead: (messages) => terminal.progress([`reading chat (${chat.format}): ${messages} records`]),
      onRanking: (ranking, chosen) => {
        unused.mustBeUsed(options.chat, ranking.fates);
        clips = chosen.length * wanted.presets.length;
        for (const block of unused.report(options.chat, ranking.fates)) terminal.line(block);
        terminal.progress([`cutting ${chosen.length} moments`]);
      },
      onClip,
    });
    mustHoldMedia(cut, options.vod);
    await publishText(`${JSON.stringify(cut.rows, null, 2)}\n`, folder, 'clips.json');
    reportCut(cut, options, context.terminal, broadcast.zeroAtMs);
  });
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
async function inWorkFolder(
  folder: string,
  { config, log }: CommandContext,
  work: (node: EmbeddedNode) => Promise<void>,
): Promise<void> {
  const data = await mkdtemp(join(folder, '.cliptide-'));
  try {
    const node = await startNode({ config, folder: data, logger: log });
    try {
      await Promise.race([work(node), node.stages.done.then(() => Promise.reject(stoppedEarly()))]);
    } finally {
      await node.stop();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

const stoppedEarly = (): CliptideError =>
  new CliptideError('internal', 'the stages stopped before the clips were done');
