import { CommanderError } from 'commander';
import { commandsFor } from './cli/commands.ts';
import { exit, exitCodeOf } from './cli/exit.ts';
import { describeFailure } from './cli/failure.ts';
import { createProgram } from './cli/program.ts';
import { wantsDebug } from './config/environment.ts';

/** Time for what was printed to be read, in milliseconds. */
const lastWordsMs = 1_000;

/** Runs the command line; `argv` as Node gives it. Sets the exit code; the process ends when the command is done. */
export async function main(argv: readonly string[]): Promise<void> {
  // Who looked has gone, such as a terminal that was closed; there is still to be cleaned up.
  process.stderr.on('error', () => undefined);
  try {
    const program = createProgram(await commandsFor(argv.slice(2)));
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
    // What a failed command could not stop within its deadline must not keep the process.
    setTimeout(() => process.exit(), lastWordsMs).unref();
  }
}

function report(error: unknown): number {
  // Commander has printed what it has to say, also for --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
  process.stderr.write(describeFailure(error, wantsDebug()));
  return exitCodeOf(error);
}
