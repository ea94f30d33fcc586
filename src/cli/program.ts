import type { Command } from 'commander';
import { CliptideCommand } from './command.ts';
import type { AddCommand } from './commands.ts';
import { packageVersion } from './version.ts';

const examples = `
Examples:
  $ cliptide clip --chat chat.json --vod video.mp4 --out clips
  $ cliptide score chat.json --json
  $ cliptide explain --chat chat.json --at 754
  $ cliptide run
  $ cliptide live --events events.ndjson --hls https://example.org/live/index.m3u8
  $ cliptide sql 'SELECT * FROM clips'
  $ cliptide dead list --since 2h
  $ cliptide backfill --run better --scorer better.json
  $ cliptide diff live better

Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 no budget or space, 130 interrupted.
`;

/** The program with these commands. It throws instead of ending the process. */
export function createProgram(commands: readonly AddCommand[]): Command {
  const program = new CliptideCommand('cliptide')
    .description('Finds the moments of a live broadcast that are worth a clip while it is on air, and cuts them.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--config <file>', 'configuration file (default: cliptide.config.json, if it is there)')
    .addHelpText('after', examples)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cliptide: ')) })
    .showHelpAfterError('  to do: run it with --help')
    .exitOverride();
  for (const add of commands) add(program);
  return program;
}
