import { resolve } from 'node:path';
import type { Command } from 'commander';
import { followNdjson } from '../adapters/chatfile/follow.ts';
import { whenIdle } from '../runtime/idle.ts';
import { type CommandContext, contextOf } from './context.ts';
import { allTold, announce } from './live/announce.ts';
import { ingestLive } from './live/broadcast.ts';
import { settled } from './live/settle.ts';
import { openControl } from './node/control.ts';
import { givenBy } from './node/given.ts';
import { type PipelineNode, startNode } from './node/node.ts';
import { listed } from './node/scorers.ts';
import { openSqlServer } from './node/sqlserver.ts';
import { streamIdOf } from './recording/broadcast.ts';
import { startedAtMs } from './recording/startedat.ts';

interface LiveOptions {
  readonly events: string;
  readonly hls: string;
  readonly data?: string;
  readonly category?: string;
  readonly scorer?: string;
  readonly startedAt?: string;
  readonly json?: boolean;
}

/** `cliptide live`: one live broadcast, from its events and its playlist, until it ends. */
export function addLive(program: Command): void {
  program
    .command('live')
    .description('watch one live broadcast until it ends')
    .requiredOption('--events <file>', "events as Cliptide's own NDJSON: a growing file, or - for standard input")
    .requiredOption('--hls <url>', 'the live HLS playlist')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--category <name>', "the platform's name of what is shown")
    .option('--scorer <file>', 'score by this model, a JSON file')
    .option('--started-at <time>', 'when the broadcast began, where no event says it')
    .option('--json', 'print a line of JSON for each highlight and clip')
    .action(async (options: LiveOptions, command: Command) => {
      await live(
        options,
        contextOf(command, { overrides: { dataDir: options.data, scorers: listed(options.scorer) }, logLevel: 'info' }),
      );
    });
}

/** Its events are in their file, too, before it says that it is over. */
const keeping = ({ stages }: PipelineNode) => stages.progress.filter(({ stage }) => stage === 'keep');

async function live(options: LiveOptions, context: CommandContext): Promise<void> {
  const { config, signal, log, terminal } = context;
  const path = options.events === '-' ? '-' : resolve(options.events);
  const chat = await followNdjson(path);
  const started = startedAtMs(options.startedAt);
  const node = await startNode({ config, folder: config.data.dir, logger: log, given: await givenBy(options.hls) });
  const finished = new AbortController();
  try {
    await openSqlServer(node, config, terminal);
    await openControl(node, config);
    const feed = {
      chat,
      piped: chat.goesOn === true,
      hls: options.hls,
      archiveTime: node.deps.clock,
      name: path === '-' ? 'live' : streamIdOf(path),
      category: options.category ?? '',
      startedAtMs: started,
    };
    terminal.line(`waiting for the first event: ${path === '-' ? 'standard input' : path}`);
    const until = AbortSignal.any([signal, finished.signal]);
    const work = async (): Promise<void> => {
      let ids = { streamId: '', channelId: '' };
      const told = { highlights: 0, clips: 0 };
      await ingestLive(feed, node, config, until, (broadcast) => {
        ids = broadcast;
        terminal.line(`on air: ${broadcast.streamId}`);
        const how = { json: options.json === true, from: 'start', told } as const;
        announce(broadcast, node, context, how, until).catch((error) => finished.abort(error));
      });
      until.throwIfAborted();
      await settled(node.deps, ids.streamId, ids.channelId, until);
      await whenIdle(keeping(node), node.deps, until);
      await allTold(ids, node, told, until);
    };
    await Promise.race([work(), node.stages.done]);
    terminal.line(
      `over; its clips: npx cliptide sql --data ${node.folder} 'SELECT peak_at, title, file FROM clip_files'`,
    );
  } finally {
    finished.abort();
    await node.stop();
    terminal.end();
  }
  signal.throwIfAborted();
}
