import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseEngine } from '../../adapters/clickhouse/engine.ts';
import { fromClickHouse } from '../../adapters/clickhouse/failures.ts';
import { openClickHouse } from '../../adapters/clickhouse/http.ts';
import { toCliptideError } from '../../domain/errors.ts';
import { type ClickHouseConfig, clickhouseServer } from '../node/servers.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const timeoutMs = 5_000;
const apply = 'run "cliptide topology apply" as a user who may';

/** ClickHouse: whether it answers, who we are there, and each right that roles need; nothing is left behind. */
export async function checkClickHouse(config: ClickHouseConfig): Promise<Finding[]> {
  let engine: ClickHouseEngine | undefined;
  try {
    engine = openClickHouse({ ...clickhouseServer(config), timeoutMs });
    const client = engine.connect();
    const [server] = await rows(client, 'SELECT version() AS version, currentUser() AS user');
    const answers = ok('clickhouse', `${server?.version}, ${new URL(config.url).host}, as ${server?.user}`);
    return [answers, ...(await checkDatabase(client, config.database))];
  } catch (error) {
    const { message, hint } = toCliptideError(error);
    return [fail('clickhouse', message, hint ?? 'check clickhouse.url')];
  } finally {
    await engine?.close();
  }
}

async function checkDatabase(client: ClickHouseClient, database: string): Promise<Finding[]> {
  const name = 'clickhouse database';
  const tables = await rows(client, 'SELECT name FROM system.databases WHERE name = {database:String}', { database });
  if (tables.length === 0) return [await checkMaking(client, database)];
  const scratch = `${database}.doctor_${randomUUID().replaceAll('-', '')}`;
  return [
    ok(name, database),
    await attempt('clickhouse tables', 'may be made', warnOf(`it needs to be done once: ${apply}`), async () => {
      await run(client, `CREATE TABLE ${scratch} (a UInt8) ENGINE = Memory`);
      await run(client, `DROP TABLE ${scratch} SYNC`);
    }),
    await attempt('clickhouse insert', 'rows may be written', failOf(rights(database, 'INSERT')), () =>
      run(client, `INSERT INTO ${database}.seconds SELECT * FROM ${database}.seconds WHERE 0`),
    ),
    await attempt('clickhouse select', 'rows may be read', failOf(rights(database, 'SELECT')), () =>
      rows(client, `SELECT count() FROM ${database}.moments`),
    ),
  ];
}

/** The database is not made to find out. */
async function checkMaking(client: ClickHouseClient, database: string): Promise<Finding> {
  const name = 'clickhouse database';
  // A statement that takes no FORMAT.
  const answer = await client
    .exec({ query: `CHECK GRANT CREATE DATABASE ON ${database}.*` })
    .catch((error: unknown) => {
      throw fromClickHouse(error, 'clickhouse');
    });
  const may = (await text(answer.stream)).includes('1');
  if (may) return warn(name, `${database} is not there yet`, 'run "cliptide topology apply", which makes it');
  return fail(name, `${database} is not there, and this user may not make it`, apply);
}

type Judge = (name: string, found: string, hint: string | undefined) => Finding;
const warnOf =
  (todo: string): Judge =>
  (name, found, hint) =>
    warn(name, found, hint ?? todo);
const failOf =
  (todo: string): Judge =>
  (name, found, hint) =>
    fail(name, found, hint ?? todo);
const rights = (database: string, right: string): string => `GRANT ${right} ON ${database}.* to this user`;

async function attempt(name: string, found: string, judge: Judge, step: () => Promise<unknown>): Promise<Finding> {
  try {
    await step();
    return ok(name, found);
  } catch (error) {
    const { code, message, hint } = toCliptideError(error);
    return judge(name, message, code === 'forbidden' ? undefined : hint);
  }
}

async function run(client: ClickHouseClient, query: string): Promise<void> {
  try {
    await client.command({ query });
  } catch (error) {
    throw fromClickHouse(error, 'clickhouse');
  }
}

async function rows(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, string>> = {},
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  try {
    const answer = await client.query({ query, query_params: { ...params }, format: 'JSONEachRow' });
    return await answer.json<Record<string, unknown>>();
  } catch (error) {
    throw fromClickHouse(error, 'clickhouse');
  }
}
