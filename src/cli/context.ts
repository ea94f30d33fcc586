import type { Command } from 'commander';
import { retentionDefaults } from '../../topology/retention.ts';
import { type LogLevel, pinoLogger } from '../adapters/logging/pino.ts';
import type { Config } from '../config/config.ts';
import { loadConfig, type Overrides } from '../config/load.ts';
import type { Logger } from '../ports/logger.ts';
import { logLine } from './logline.ts';
import { type NdjsonWriter, ndjsonWriter } from './ndjson.ts';
import { onInterruption } from './signals.ts';
import { type Terminal, terminalOn } from './terminal.ts';

/** What a command works with. */
export interface CommandContext {
  readonly config: Config;
  /** The file that `--config` names, as it was typed. */
  readonly configFile: string | undefined;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the reader of standard output goes away. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Standard error, for people. */
  readonly terminal: Terminal;
  /** Standard output, for programs. */
  readonly output: NdjsonWriter;
}

export interface ContextOptions {
  /** Keys that options of the command set; undefined ones are left to the configuration. */
  readonly overrides?: Overrides;
  /** Level of the log where none is configured; `warn` unless given. */
  readonly logLevel?: LogLevel;
}

/** The context of a command that begins; to be made once a process. `--config FILE` of the program is honoured. */
export function contextOf(command: Command, options: ContextOptions = {}): CommandContext {
  const { config: file } = command.optsWithGlobals<{ config?: string }>();
  const config = loadConfig({
    cwd: process.cwd(),
    file,
    overrides: options.overrides ?? {},
    retained: Object.keys(retentionDefaults),
  });
  const interruption = onInterruption(process);
  const level = config.log.level ?? options.logLevel ?? 'warn';
  const terminal = terminalOn(process.stderr);
  // Programs that collect logs get objects; who sits at a terminal gets sentences, above what is going on now.
  const people = { write: (json: string) => terminal.line(logLine(json)) };
  return {
    config,
    configFile: file,
    signal: interruption.signal,
    log: pinoLogger({ level, ...(terminal.interactive ? { destination: people } : {}) }),
    terminal,
    output: ndjsonWriter(process.stdout, interruption.interrupt),
  };
}
