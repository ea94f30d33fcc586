import type { Command } from 'commander';
import { askResults } from '../adapters/clickhouse/ask.ts';
import { type CommandContext, contextOf } from './context.ts';
import { askCluster } from './node/results.ts';
import { printable } from './printable.ts';

interface SqlOptions {
  readonly data?: string;
  readonly format?: string;
  readonly json?: true;
}

/** `cliptide sql`: asks the results of the configured ClickHouse, or of the data folder, also while it is owned. */
export function addSql(program: Command): void {
  program
    .command('sql')
    .description('ask the results in ClickHouse SQL, read-only, also while "cliptide run" is running')
    .argument('<query>', "such as 'SELECT * FROM clips'")
    .option('--data <dir>', 'data folder (default: the configured ClickHouse, else the configured folder)')
    .option('--format <name>', "one of ClickHouse's output formats, such as CSVWithNames")
    .option('--json', 'print NDJSON')
    .action(async (query: string, options: SqlOptions, command: Command) => {
      const context = contextOf(command, { overrides: { dataDir: options.data } });
      await ask(query, options, context);
    });
}

async function ask(query: string, { data, format, json }: SqlOptions, context: CommandContext): Promise<void> {
  const { config, output, signal } = context;
  const { cluster } = config;
  const answer = (wanted: string): Promise<Buffer> =>
    data !== undefined || cluster?.clickhouse === undefined
      ? askResults({ dataDir: config.data.dir, query, format: wanted, signal })
      : askCluster(cluster, { query, format: wanted, signal });
  if (json) {
    for (const line of (await answer('JSONEachRow')).toString('utf8').split('\n')) {
      if (line !== '') await output.write({ kind: 'row', ...(JSON.parse(line) as object) });
    }
  } else if (format === undefined && process.stdout.isTTY) {
    // Titles and chat are text: what would steer the terminal is shown, not obeyed.
    process.stdout.write(printable((await answer('PrettyCompactNoEscapes')).toString('utf8'), true));
  } else {
    process.stdout.write(await answer(format ?? 'TSVWithNames'));
  }
}
