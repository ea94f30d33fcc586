import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';
import type { ClickHouseEngine } from './engine.ts';
import { type InProcess, inDatabase } from './indatabase.ts';
import { isAlive } from './owner.ts';

const mebibyte = 1024 * 1024;

/**
 * The engine's defaults are a server's (caches up to half of the memory). These bound what it can grow to; what it
 * takes at the start is its program text, and no option changes that.
 */
const engineArguments = [
  `--max_server_memory_usage=${2048 * mebibyte}`,
  `--mark_cache_size=${16 * mebibyte}`,
  `--index_mark_cache_size=${4 * mebibyte}`,
  `--primary_index_cache_size=${16 * mebibyte}`,
  `--query_condition_cache_size=${4 * mebibyte}`,
  `--compiled_expression_cache_size=${8 * mebibyte}`,
  '--max_thread_pool_size=64',
];

/**
 * The ClickHouse engine in this process, over one folder. Opens the folder, which is made where it is missing. One process owns it at a time: rejects with `busy` while
 * another one does, with `tool` where chDB cannot be loaded.
 */
export async function openChdb(folder: string): Promise<ClickHouseEngine> {
  const path = resolve(folder);
  await mkdir(path, { recursive: true });
  const { chdb, createChdbConnection } = await load();
  const keeper = await start(() => new chdb.Session(path, { connectionArgs: engineArguments }), path);
  const clients = new Set<ClickHouseClient>();
  const connect = (database?: string): ClickHouseClient => {
    // The same types, which the two packages each carry a copy of.
    const connection = createChdbConnection({ path }) as unknown as InProcess;
    const client = createClient({
      connection: database === undefined ? connection : inDatabase(connection, database),
      log: { level: ClickHouseLogLevel.OFF },
    });
    clients.add(client);
    return client;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...clients].map((client) => client.close()));
    clients.clear();
    keeper.close();
    await chdb.drainPending();
  };
  return { connect, close };
}

async function load() {
  try {
    const [chdb, connection] = await Promise.all([import('chdb'), import('chdb/connection')]);
    return { chdb, createChdbConnection: connection.createChdbConnection };
  } catch (cause) {
    throw new CliptideError('tool', 'chDB, the ClickHouse engine in process, could not be loaded', {
      hint: 'It has builds for Linux (glibc) and macOS; on Windows use WSL. Run "npm ci" again, then "cliptide doctor"',
      cause,
    });
  }
}

async function start<T>(open: () => T, path: string): Promise<T> {
  try {
    return open();
  } catch (cause) {
    throw await refusal(path, cause);
  }
}

/** The engine prints its code 76 itself and tells the caller only that it failed; its lock file names the owner. */
async function refusal(path: string, cause: unknown): Promise<CliptideError> {
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const owner = Number(/^PID: (\d+)/m.exec(status)?.[1] ?? 0);
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    return new CliptideError('busy', `another process (${owner}) owns the results`, {
      where: path,
      hint: 'Ask the running "cliptide run" through its SQL port ("cliptide sql" does that), or stop it first',
      cause,
    });
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CliptideError('internal', `chDB could not open its folder: ${message}`, {
    where: path,
    hint: 'Check that the folder can be written, and that this process has no other results open',
    cause,
  });
}
