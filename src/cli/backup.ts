import { resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { withAnswers } from './operator/asking.ts';
import type { BackupRow } from './operator/backup.ts';

interface BackupOptions {
  readonly to: string;
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide backup`: what nothing else could bring back, in one file, also while `run` is at work. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('back up the data folder, or settings and decisions of a cluster, into one file')
    .requiredOption('--to <file>', 'the file, which must not exist; it holds secrets and is for its owner only')
    .option('--data <dir>', 'data folder, also while "cliptide run" owns it (default: the configured one)')
    .option('--json', 'print NDJSON')
    .action(async ({ to, data, json }: BackupOptions, command: Command) => {
      const context = contextOf(command, { overrides: { dataDir: data } });
      await withAnswers(context, async (ask) => {
        for await (const row of ask({ operation: 'backup', to: resolve(to) }) as AsyncIterable<BackupRow>) {
          if (json) await context.output.write(row);
          else {
            const what = `${row.file}: ${row.bytes} bytes, ${row.files.length} files of the ${row.of}`;
            process.stdout.write(`${what}; secrets are in it, clips and the configuration are not\n`);
          }
        }
      });
    });
}
