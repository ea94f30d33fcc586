import type { Command } from 'commander';
import { collectCache } from '../adapters/fetch/collect.ts';
import { verifyCache } from '../adapters/fetch/verify.ts';
import { parseSize } from '../config/values.ts';
import { CliptideError } from '../domain/errors.ts';
import { withCache } from './cache/opened.ts';
import { collectedLine, statusText, verifiedText } from './cache/report.ts';
import { cacheStatus } from './cache/status.ts';
import { contextOf } from './context.ts';
import { exit } from './exit.ts';

interface Common {
  readonly data?: string;
  readonly node?: string;
  readonly json?: true;
}

interface CollectOptions extends Common {
  readonly to?: string;
}

/** `cliptide cache`: what the media cache of a data folder holds, whether it is right, and making room in it. */
export function addCache(program: Command): void {
  const cache = program.command('cache').description('show, check and tidy up the media cache');
  withData(
    cache.command('status').description('what it holds against its cap, what is in use, and what is fetched now'),
  ).action((options: Common, command: Command) => status(options, command));
  withData(
    cache
      .command('verify')
      .description(
        'read every file against its hash and the ledger, and repair; exit code 1 if something was repaired',
      ),
  ).action((options: Common, command: Command) => verify(options, command));
  withData(cache.command('gc').description('evict what is not in use, down to 90% of the cap, and remove stray files'))
    .option('--to <size>', 'down to so much on the disk instead, such as 2 GB; 0: everything that is not in use')
    .action((options: CollectOptions, command: Command) => collect(options, command));
}

const withData = (command: Command): Command =>
  command
    .option('--data <dir>', 'data folder, also while "cliptide run" owns it (default: the configured one)')
    .option('--node <name>', "name of the node that keeps it, on a cluster (default: the machine's)")
    .option('--json', 'print NDJSON');

async function status({ data, node, json }: Common, command: Command): Promise<void> {
  const context = contextOf(command, { overrides: { dataDir: data, node } });
  const found = await withCache(context, node, cacheStatus);
  if (json) await context.output.write({ kind: 'cache', ...found });
  else process.stdout.write(statusText(found));
}

async function verify({ data, node, json }: Common, command: Command): Promise<void> {
  const context = contextOf(command, { overrides: { dataDir: data, node } });
  const found = await withCache(context, node, (options) => verifyCache(options, context.signal));
  if (json) await context.output.write({ kind: 'cache verified', ...found });
  else process.stdout.write(verifiedText(found));
  const { missing, adopted, strays, damaged, ledgerBytes } = found;
  if (missing + adopted + strays + damaged > 0 || ledgerBytes !== 0) process.exitCode = exit.failed;
}

async function collect({ data, node, json, to }: CollectOptions, command: Command): Promise<void> {
  const toBytes = to === undefined ? undefined : parseSize(to);
  if (toBytes !== undefined && !(typeof toBytes === 'number' && Number.isSafeInteger(toBytes) && toBytes >= 0)) {
    throw new CliptideError('usage', '--to must be a size such as 2 GB, 512 MiB or a number of bytes', {
      where: `--to ${to}`,
      hint: 'give how much may stay; 0 lets everything go that is not in use',
    });
  }
  const context = contextOf(command, { overrides: { dataDir: data, node } });
  const found = await withCache(context, node, (options) => collectCache(options, toBytes));
  if (json) await context.output.write({ kind: 'cache collected', ...found });
  else process.stdout.write(collectedLine(found));
}
