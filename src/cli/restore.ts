import { resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { restore } from './operator/restore.ts';

interface RestoreOptions {
  readonly from: string;
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide restore`: a backup into a new data folder, or into the new topics of a cluster. */
export function addRestore(program: Command): void {
  program
    .command('restore')
    .description('restore a backup into a new data folder, or into the new topics of a cluster')
    .requiredOption('--from <file>', 'the file that "cliptide backup" has written')
    .option('--data <dir>', 'data folder, which must be new or empty (default: the configured one)')
    .option('--json', 'print NDJSON')
    .action(async ({ from, data, json }: RestoreOptions, command: Command) => {
      const { config, log, output, signal } = contextOf(command, { overrides: { dataDir: data } });
      const { of, createdAt, cliptide, files } = await restore(resolve(from), { config, logger: log, signal });
      const into = config.cluster === undefined ? config.data.dir : `${config.cluster.kafka.prefix}*`;
      if (json) await output.write({ kind: 'restore', of, createdAt, cliptide, into, files });
      else process.stdout.write(`restored into ${into}: ${files.length} files of the ${of}, as of ${createdAt}\n`);
    });
}
