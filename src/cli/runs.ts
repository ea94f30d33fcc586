import type { Command } from 'commander';
import { ownerOf } from './checks/folder.ts';
import { type CommandContext, contextOf } from './context.ts';
import { withResults } from './runs/asking.ts';
import { runSummaries } from './runs/summaries.ts';
import { table } from './table.ts';

interface RunsOptions {
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide runs`: the live run and the backfills that the results know. */
export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('list the live run and the backfills, with what they found')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--json', 'print NDJSON: a line for each run')
    .action(async (options: RunsOptions, command: Command) => {
      await runs(options, contextOf(command, { overrides: { dataDir: options.data } }));
    });
}

async function runs({ json }: RunsOptions, context: CommandContext): Promise<void> {
  const { config, output } = context;
  const isOwned = config.cluster !== undefined || (await ownerOf(config.data.dir)) !== undefined;
  const found = await withResults(context, (ask) => runSummaries(ask, isOwned));
  if (json) {
    for (const run of found) await output.write({ kind: 'run', ...run, broadcasts: run.streams.length });
    return;
  }
  const columns = [
    { title: 'run' },
    { title: 'state' },
    { title: 'started' },
    { title: 'scorer' },
    { title: 'broadcasts', align: 'right' },
    { title: 'events', align: 'right' },
    { title: 'highlights', align: 'right' },
    { title: 'clips', align: 'right' },
    { title: 'which' },
  ] as const;
  const rows = found.map((run) => [
    run.run,
    run.state,
    run.startedAt?.slice(0, 19).replace('T', ' ') ?? '',
    run.models.join(', '),
    run.streams.length,
    run.events,
    run.highlights,
    run.clips,
    some(run.streams),
  ]);
  process.stdout.write(table(columns, rows));
}

const mostNamed = 3;

const some = (streams: readonly string[]): string =>
  streams.length <= mostNamed
    ? streams.join(', ')
    : `${streams.slice(0, mostNamed).join(', ')} and ${streams.length - mostNamed} more`;
