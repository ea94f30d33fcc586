import { migrationsFolder, readMigrations } from '../../adapters/clickhouse/migrationfiles.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import { roleNames } from '../../config/keys.ts';
import type { CommandContext } from '../context.ts';
import { rightsOf } from './rights.ts';
import { type RightsCommands, rightsCommands } from './rightscommands.ts';

/** Prints what each role needs; nothing is asked of the services. */
export async function printRights(
  cluster: ClusterConfig,
  json: true | undefined,
  { output }: CommandContext,
): Promise<void> {
  const rights = rightsOf(roleNames, await resultTables());
  const commands = rights.map((one) => rightsCommands(one, cluster));
  if (!json) {
    process.stdout.write(commands.map(section).join('\n'));
    return;
  }
  for (const [index, { subject, ...lines }] of commands.entries()) {
    await output.write({ kind: 'rights', role: subject, needs: rights[index], commands: lines });
  }
}

/** Tables that the migrations make. */
async function resultTables(): Promise<readonly string[]> {
  const statements = (await readMigrations(migrationsFolder())).flatMap((migration) => migration.statements);
  const made = statements.map((text) => /CREATE TABLE IF NOT EXISTS (?:\S+\.)?(\w+)/.exec(text)?.[1]);
  return made.filter((table) => table !== undefined);
}

const titles: ReadonlyMap<string, string> = new Map([
  ['operator', 'cliptide lag, dead, recover, backup and restore'],
  ['backfill', 'cliptide backfill'],
  ['apply', 'cliptide topology apply'],
]);

function section({ subject, kafka, redis, clickhouse }: RightsCommands): string {
  const title = titles.get(subject) ?? `the role ${subject}`;
  return [`# ${title}`, ...kafka, ...redis, ...clickhouse].map((line) => `${line}\n`).join('');
}
