import type { Command } from 'commander';
import type { LagRow } from '../runtime/operator/lag.ts';
import { contextOf } from './context.ts';
import { withAnswers } from './operator/asking.ts';
import { lagTable } from './operator/lagreport.ts';

interface LagOptions {
  readonly data?: string;
  readonly topics?: true;
  readonly json?: true;
}

/** `cliptide lag`: how far each stage is, also while another process works. */
export function addLag(program: Command): void {
  program
    .command('lag')
    .description('say how many records each stage has before it, by partition')
    .option('--data <dir>', 'data folder, also while "cliptide run" owns it (default: the configured one)')
    .option('--topics', 'a line for each topic')
    .option('--json', 'print NDJSON, a line for each topic')
    .action(async ({ data, topics, json }: LagOptions, command: Command) => {
      const context = contextOf(command, { overrides: { dataDir: data } });
      const rows: LagRow[] = [];
      await withAnswers(context, async (ask) => {
        for await (const row of ask({ operation: 'lag' }) as AsyncIterable<LagRow>) {
          if (json) await context.output.write(row);
          else rows.push(row);
        }
      });
      if (!json) process.stdout.write(lagTable(rows, topics === true));
    });
}
