// `npm run services`: Kafka, a schema registry, Redis, ClickHouse and an S3 server on this machine, for tests and `--cluster`.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exit, exitCodeOf } from '../../src/cli/exit.ts';
import { describeFailure } from '../../src/cli/failure.ts';
import { onInterruption } from '../../src/cli/signals.ts';
import { terminalOn } from '../../src/cli/terminal.ts';
import { wantsDebug } from '../../src/config/environment.ts';
import { CliptideError } from '../../src/domain/errors.ts';
import { type Control, controlOf } from './control.ts';
import { servicesOf } from './naming.ts';
import { type Service, services } from './state.ts';
import { statusTable } from './status.ts';
import { shellUnset, shellVariables } from './variables.ts';

interface InFolder {
  readonly dir?: string;
}

const examples = `
Examples:
  $ npm run services up
  $ npm run services up -- --only kafka,redis --brokers 3
  $ npm run services stop kafka-2 -- --kill
  $ npm run services start kafka-2
  $ npm run services status -- --json
  $ eval "$(npm run --silent services env)"
  $ eval "$(npm run --silent services env -- --unset)"

Exit codes: 0 done (status: all are ready), 1 failed (status: not all are ready; env: none is up), 2 wrong usage,
130 interrupted.
`;

const terminal = terminalOn(process.stderr);
const { signal } = onInterruption(process);
const control = ({ dir }: InFolder): Control => controlOf({ dir, signal, say: (text) => terminal.line(text) });
const program = new Command('npm run services')
  .description('Starts and stops Kafka, a schema registry, Redis, ClickHouse and an S3 server on this machine.')
  .addHelpText('after', examples)
  .exitOverride();

const command = (usage: string, description: string): Command =>
  program
    .command(usage)
    .description(description)
    .option('--dir <folder>', 'where state, data and logs are (default: .services)');

command('up', 'start what does not run, and wait until it answers')
  .option('--only <services>', `some of ${services.join(',')}`, servicesOf, [...services])
  .option('--brokers <number>', 'brokers of Kafka: 1 or 3', brokerCount)
  .action((options: InFolder & { only: readonly Service[]; brokers?: number }) =>
    control(options).up({ services: options.only, brokers: options.brokers }),
  );
command('down', 'stop all and remove their data').action((options: InFolder) => control(options).down());
command('status', 'say what runs, where, and whether it answers')
  .option('--json', 'print NDJSON')
  .action((options: InFolder & { json?: true }) => status(control(options), options.json === true));
command('env', "print the services as variables of Cliptide's configuration, for a shell")
  .option('--unset', 'print what takes these variables away again')
  .action((options: InFolder & { unset?: true }) => {
    if (options.unset) process.stdout.write(shellUnset());
    else printVariables(control(options));
  });
command('start <names...>', 'start services or single brokers again, with their ports and data').action(
  (names: readonly string[], options: InFolder) => control(options).start(names),
);
command('stop <names...>', 'stop them; ports and data stay theirs')
  .option('--kill', 'end them by SIGKILL')
  .action((names: readonly string[], options: InFolder & { kill?: true }) =>
    control(options).stop(names, options.kill ? 'kill' : 'gently'),
  );
command('restart <names...>', 'stop, then start them')
  .option('--kill', 'end them by SIGKILL')
  .action(async (names: readonly string[], options: InFolder & { kill?: true }) => {
    await control(options).stop(names, options.kill ? 'kill' : 'gently');
    await control(options).start(names);
  });

function brokerCount(text: string): number {
  if (text === '1' || text === '3') return Number(text);
  throw new InvalidArgumentError('It is 1 or 3.');
}

async function status(of: Control, json: boolean): Promise<void> {
  const rows = await of.status();
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify({ kind: 'service', ...row })}\n`);
  else if (rows.length === 0) terminal.line('nothing is up; "npm run services up" starts it');
  else process.stdout.write(statusTable(rows));
  if (rows.length === 0 || rows.some(({ condition }) => condition !== 'ready')) process.exitCode = exit.failed;
}

function printVariables(of: Control): void {
  const text = shellVariables(of.addresses());
  process.stdout.write(text);
  if (text !== '') return;
  terminal.line('nothing is up; "npm run services up" starts it');
  process.exitCode = exit.failed;
}

/** What a command failed with; Commander has printed what it has to say. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
  const { code, path } = error as NodeJS.ErrnoException;
  const foreign = code === 'EACCES' || code === 'EPERM';
  const hint = 'Run it as that user, or give --dir a folder of your own';
  const failure = foreign
    ? new CliptideError('forbidden', 'these services are those of another user', { where: path ?? '', hint })
    : error;
  process.stderr.write(describeFailure(failure, wantsDebug()));
  return exitCodeOf(failure);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
