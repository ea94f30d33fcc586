import { resolve } from 'node:path';
import type { Command } from 'commander';
import { followNdjson } from '../adapters/chatfile/follow.ts';
import { type CommandContext, contextOf } from './context.ts';
import { SourceNotices } from './live/notices.ts';
import { Watched } from './live/watched.ts';
import { openControl } from './node/control.ts';
import { givenBy } from './node/given.ts';
import { startNode } from './node/node.ts';
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
    .option('--json', 'print a line of JSON for each highlight and clip, and a summary')
    .action(async (options: LiveOptions, command: Command) => {
      await live(
        options,
        contextOf(command, { overrides: { dataDir: options.data, scorers: listed(options.scorer) }, logLevel: 'info' }),
      );
    });
}

async function live(options: LiveOptions, context: CommandContext): Promise<void> {
  const { config, signal, log, terminal } = context;
  const path = options.events === '-' ? '-' : resolve(options.events);
  const chat = await followNdjson(path);
  const started = startedAtMs(options.startedAt);
  const given = await givenBy(options.hls);
  const node = await startNode({ config, folder: config.data.dir, logger: log, given, waitsForSpace: true });
  const watched = new Watched(node, context, options.json === true);
  try {
    await openSqlServer(node, config, terminal);
    await openControl(node, config);
    const feed = {
      chat,
      notices: new SourceNotices((block) => terminal.line(block), chat.name ?? path),
      piped: chat.goesOn === true,
      hls: options.hls,
      archiveTime: node.deps.clock,
      name: path === '-' ? 'live' : streamIdOf(path),
      category: options.category ?? '',
      startedAtMs: started,
    };
    terminal.line(`waiting for the first event: ${path === '-' ? 'standard input' : path}`);
    await Promise.race([watched.toItsEnd(feed), node.stages.done]);
    signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted) throw error;
    // Before the stages stop: then the log can be read no more.
    await watched.sayOpen();
    throw signal.reason;
  } finally {
    watched.stop();
    await node.stop();
    terminal.end();
  }
  signal.throwIfAborted();
}
