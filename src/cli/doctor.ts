import type { Command } from 'commander';
import { systemClock } from '../adapters/embedded/clock.ts';
import { createFetcher } from '../adapters/fetch/http/fetcher.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';
import { checkChdb } from './checks/chdb.ts';
import { checkClickHouse } from './checks/clickhouse.ts';
import { checkClips } from './checks/clips.ts';
import { checkCluster } from './checks/cluster.ts';
import { checkEvents } from './checks/events.ts';
import type { Finding } from './checks/finding.ts';
import { checkFolder } from './checks/folder.ts';
import { checkNode, checkSqlite } from './checks/node.ts';
import { checkRedis } from './checks/redis.ts';
import { checkS3 } from './checks/s3.ts';
import { checkServices } from './checks/services.ts';
import { checkTails, checkWindow } from './checks/tails.ts';
import { checkFfmpeg, checkFfprobe } from './checks/tools.ts';
import { contextOf } from './context.ts';
import { exit } from './exit.ts';
import { nothingGiven, policyOf } from './node/given.ts';
import { printable } from './printable.ts';

/** Time for what was printed to be read, in milliseconds. */
const lastWordsMs = 1_000;

interface DoctorOptions {
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide doctor`: what is there, where, which version, and what to do about what is missing. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what was found on this machine, and what to do about what is missing')
    .option('--data <dir>', 'data folder')
    .option('--json', 'print NDJSON')
    .action(async (options: DoctorOptions, command: Command) => {
      const { config, log, output } = contextOf(command, { overrides: { dataDir: options.data } });
      const findings = await examine(config, log);
      if (options.json) for (const finding of findings) await output.write({ kind: 'check', ...finding });
      else process.stdout.write(findings.map(describe).join(''));
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = exit.failed;
      // Requests to a service that does not answer must not keep the process.
      setTimeout(() => process.exit(), lastWordsMs).unref();
    });
}

async function examine(config: Config, log: Logger): Promise<Finding[]> {
  const groups = await Promise.all([
    checkNode(),
    checkSqlite(),
    checkFfmpeg(config.tools.ffmpeg),
    checkFfprobe(config.tools.ffprobe),
    checkChdb(),
    checkFolder(config.data),
    checkServices(config),
    checkTails(config),
    checkWindows(config),
    Promise.all(config.sources.map(checkEvents)),
    checkCluster(config, log),
    checkClips(config),
    config.clips.s3 ? checkS3(config.clips.s3) : [],
    config.cluster?.redis ? checkRedis(config.cluster.redis) : [],
    config.cluster?.clickhouse ? checkClickHouse(config.cluster.clickhouse) : [],
  ]);
  return groups.flat();
}

/** The playlists of the configured sources, each asked once. */
async function checkWindows(config: Config): Promise<Finding[]> {
  const fetcher = createFetcher(systemClock, policyOf(config, nothingGiven), { attempts: 1 });
  try {
    return await Promise.all(config.sources.map((source) => checkWindow(source, config, fetcher)));
  } finally {
    fetcher.close();
  }
}

function describe({ status, name, found, todo }: Finding): string {
  const line = `${status.padEnd(4)}  ${name.padEnd(16)}  ${printable(found)}\n`;
  return todo === undefined ? line : `${line}${' '.repeat(24)}to do: ${printable(todo)}\n`;
}
