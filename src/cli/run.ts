import type { Command } from 'commander';
import { followNdjson } from '../adapters/chatfile/follow.ts';
import type { SourceConfig } from '../config/config.ts';
import { toCliptideError } from '../domain/errors.ts';
import type { Broadcast } from '../stages/ingest/broadcast.ts';
import { type CommandContext, contextOf } from './context.ts';
import { announce } from './live/announce.ts';
import { Backoff } from './live/backoff.ts';
import { ingestLive } from './live/broadcast.ts';
import { type EmbeddedNode, everyRole, startNode } from './node/node.ts';
import { type Observed, observe } from './node/observed.ts';
import { openSqlServer } from './node/sqlserver.ts';

/** `cliptide run`: the long-running process, with every role, over one data folder. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('run every role in one process, until it is stopped')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--sql-port <port>', 'loopback port of the read-only ClickHouse interface (default: any free one)')
    .option('--port <port>', 'port of /healthz, /readyz and /metrics (default: the configured one, else none)')
    .action(async (options: { data?: string; sqlPort?: string; port?: string }, command: Command) => {
      const overrides = { dataDir: options.data, sqlPort: options.sqlPort, 'http.port': options.port };
      await run(contextOf(command, { overrides, logLevel: 'info' }));
    });
}

/** Health and metrics are there from before the first part is opened until the last one has stopped. */
async function run(context: CommandContext): Promise<void> {
  const { config, signal, log, terminal } = context;
  const observed = await observe({ config, roles: ['ingest', ...everyRole], logger: log, terminal });
  const drain = (): void => observed.drain();
  signal.addEventListener('abort', drain, { once: true });
  try {
    await runObserved(context, observed);
  } finally {
    signal.removeEventListener('abort', drain);
    await observed.close();
  }
}

async function runObserved(context: CommandContext, observed: Observed): Promise<void> {
  const { config, signal, log, terminal } = context;
  const node = await startNode({ config, folder: config.data.dir, logger: log, metrics: observed.metrics });
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  let watched: readonly Promise<void>[] = [];
  try {
    await openSqlServer(node, config, terminal);
    terminal.line(`running; data in ${config.data.dir}; ${count(config.sources.length)}; stop with Ctrl-C`);
    watched = config.sources.map((source) => watch(source, node, context, until));
    observed.started(node);
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    await Promise.race([stopped, node.stages.done]);
  } finally {
    // Also when a stage failed: who still appends would keep the process.
    stopping.abort();
    observed.drain();
    await Promise.all(watched);
    await node.stop();
    terminal.line('stopped');
  }
}

const count = (sources: number): string =>
  sources === 0
    ? 'no sources are configured (docs/configuration.md)'
    : sources === 1
      ? '1 source'
      : `${sources} sources`;

/** A source that fails does not end the process: it is tried again. */
async function watch(
  source: SourceConfig,
  node: EmbeddedNode,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { config, log, terminal } = context;
  let isAnnounced = false;
  const begin = (broadcast: Broadcast): void => {
    if (isAnnounced) return;
    isAnnounced = true;
    terminal.line(`on air: ${broadcast.streamId}`);
    announce(broadcast, node, context, { json: false, from: 'end' }, signal).catch((error) => {
      log.warn('nothing more is announced', { streamId, error: String(error) });
    });
  };
  const { streamId, channelId, hls, category, startedAtMs } = source;
  const ids = { streamId, channelId };
  const backoff = new Backoff();
  while (!signal.aborted) {
    try {
      const chat = await followNdjson(source.events);
      const feed = {
        chat,
        piped: chat.goesOn === true,
        hls,
        patient: true,
        archiveTime: node.deps.clock,
        name: streamId,
      };
      await ingestLive({ ...feed, ids, category, startedAtMs }, node, config, signal, begin);
      if (!signal.aborted) log.info('broadcast ended', { streamId });
      return;
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = backoff.next();
      log.warn('source failed; trying again', { streamId, waitMs, error: toCliptideError(error).message });
      await node.deps.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }
}
