import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { roleNames } from '../config/keys.ts';
import type { Overrides } from '../config/load.ts';
import { CliptideError } from '../domain/errors.ts';
import { type CommandContext, contextOf } from './context.ts';
import { watchSource } from './live/source.ts';
import { clipsFolder, keepsClipsApart, shareClips } from './node/clipstore.ts';
import { lacks } from './node/clusternode.ts';
import { startConfigured } from './node/configured.ts';
import { type Observed, observe } from './node/observed.ts';

/** `cliptide run`: the long-running process, with every role, over one data folder. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('run every role in one process, until it is stopped')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--sql-port <port>', 'loopback port of the read-only ClickHouse interface (default: any free one)')
    .option('--port <port>', 'port of /healthz, /readyz and /metrics (default: the configured one, else none)')
    .option('--roles <list>', `what this process does, of ${roleNames.join(',')} (default: everything)`)
    .option('--node <name>', "name of this node (default: the machine's)")
    .option('--concurrency <list>', 'tasks at a time, such as refine=2,render=1')
    .action(async (options: RunOptions, command: Command) => {
      const overrides = {
        dataDir: options.data,
        sqlPort: options.sqlPort,
        'http.port': options.port,
        roles: options.roles,
        node: options.node,
        ...concurrencyOf(options.concurrency),
      };
      await run(contextOf(command, { overrides, logLevel: 'info' }));
    });
}

interface RunOptions {
  readonly data?: string;
  readonly sqlPort?: string;
  readonly port?: string;
  readonly roles?: string;
  readonly node?: string;
  readonly concurrency?: string;
}

/** `refine=2,render=1` as keys of the configuration. */
function concurrencyOf(written: string | undefined): Overrides {
  const parts = (written ?? '').split(',').filter((part) => part !== '');
  const pairs = parts.map((part) => {
    const [role = '', count = ''] = part.split('=');
    if (role === 'refine' || role === 'render') return [`concurrency.${role}`, count];
    throw new CliptideError('usage', `--concurrency knows refine and render, not ${role}`, {
      hint: 'write it as refine=2,render=1',
    });
  });
  return Object.fromEntries(pairs);
}

/** Health and metrics are there from before the first part is opened until the last one has stopped. */
async function run(context: CommandContext): Promise<void> {
  const { config, signal, log, terminal } = context;
  if (config.cluster !== undefined) mustHaveWork(config);
  if (keepsClipsApart(config)) {
    const folder = clipsFolder(config, config.data.dir);
    log.warn("clips are in this process's own data folder: others do not find them", { folder, toDo: shareClips });
  }
  const observed = await observe({ config, roles: config.roles, logger: log, terminal });
  const drain = (): void => observed.drain();
  signal.addEventListener('abort', drain, { once: true });
  try {
    await runObserved(context, observed);
  } finally {
    signal.removeEventListener('abort', drain);
    await observed.close();
  }
}

/** Beside other roles these two can wait; alone they would have nothing to do. */
function mustHaveWork({ roles, sources, http }: Config): void {
  if (roles.every((role) => role === 'ingest') && sources.length === 0) throw lacks('sources', 'ingest');
  if (roles.every((role) => role === 'api') && http.port === undefined) throw lacks('http.port', 'api');
}

async function runObserved(context: CommandContext, observed: Observed): Promise<void> {
  const { config, signal, log, terminal } = context;
  const node = await startConfigured({ config, logger: log, metrics: observed.metrics, terminal });
  const sources = config.roles.includes('ingest') ? config.sources : [];
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  let watched: readonly Promise<void>[] = [];
  try {
    terminal.line(`running; ${doing(config)}; data in ${config.data.dir}; stop with Ctrl-C`);
    watched = sources.map((source) => watchSource(source, node, context, until));
    observed.started(node);
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    // Stages end by themselves only when they fail; where there are none, sources or requests are all there is to do.
    await Promise.race([stopped, node.stages.done.then(() => stopped)]);
  } finally {
    // Also when a stage failed: who still appends would keep the process.
    stopping.abort();
    observed.drain();
    await Promise.all(watched);
    await node.stop();
    terminal.line('stopped');
  }
}

function doing({ cluster, roles, node, sources }: Config): string {
  const watching = roles.includes('ingest') ? `; ${count(sources.length)}` : '';
  return cluster === undefined ? `every role${watching}` : `${roles.join(', ')} as ${node}${watching}`;
}

const count = (sources: number): string =>
  sources === 0
    ? 'no sources are configured (docs/configuration.md)'
    : sources === 1
      ? '1 source'
      : `${sources} sources`;
