import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { readSqlAddress, type SqlAddress, sqlToken } from './address.ts';
import { openChdb } from './chdb.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migrationfiles.ts';
import { isAlive } from './owner.ts';
import { executeSql } from './server/execute.ts';
import { SqlException } from './server/refusal.ts';

/**
 * Asks a data folder's results: the process that owns it where one does, else the folder itself, through the same
 * gate. Gives the answer as bytes in the format. Rejects with `usage` for wrong SQL and where there is no such folder,
 * with `busy` when a process that does not serve SQL owns it.
 */
export async function askResults(dataDir: string, query: string, format: string): Promise<Buffer> {
  const address = await readSqlAddress(dataDir);
  // The token goes to nobody who took the port of a process that has gone.
  const answered =
    address === undefined || !isAlive(address.pid) ? undefined : await askProcess(dataDir, address, query, format);
  return answered ?? askFolder(dataDir, query, format);
}

/** Undefined where no process answers: it was killed and left its address. */
async function askProcess(
  dataDir: string,
  { port }: SqlAddress,
  query: string,
  format: string,
): Promise<Buffer | undefined> {
  const headers = { 'X-ClickHouse-User': 'cliptide', 'X-ClickHouse-Key': await sqlToken(dataDir) };
  const url = `http://127.0.0.1:${port}/?default_format=${encodeURIComponent(format)}`;
  const response = await fetch(url, { method: 'POST', body: query, headers }).catch(() => undefined);
  if (response === undefined) return undefined;
  const body = Buffer.from(await response.arrayBuffer());
  if (response.ok) return body;
  const text = body.toString('utf8');
  const [, message = text, type = ''] =
    /^Code: \d+\. DB::Exception: (.*) \((\w+)\) \(version [^)]*\)\s*$/s.exec(text) ?? [];
  const code = Number(response.headers.get('x-clickhouse-exception-code') ?? 0);
  throw refusal(new SqlException(code, type, message));
}

async function askFolder(dataDir: string, query: string, format: string): Promise<Buffer> {
  const folder = join(dataDir, 'results');
  if (!(await isFolder(folder))) {
    throw new CliptideError('usage', 'there are no results in this folder', {
      where: dataDir,
      hint: 'Give the data folder of "cliptide run" or of a kept demo with --data DIR',
    });
  }
  const engine = await openChdb(folder);
  try {
    const owner = engine.connect();
    await migrate(owner, migrationsFolder());
    const settings = new Map<string, string>();
    const answer = await executeSql(() => engine.connect(), { query, format, settings, parameters: settings });
    return answer.body;
  } catch (error) {
    throw error instanceof SqlException ? refusal(error) : error;
  } finally {
    await engine.close();
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Away or over its limits is one thing; every other exception is a fault of the statement. */
function refusal(error: SqlException): CliptideError {
  const details = { where: error.type === '' ? 'the SQL port' : `Code ${error.code}, ${error.type}`, cause: error };
  if ([159, 160].includes(error.code)) return new CliptideError('timeout', error.message, details);
  if ([202, 241].includes(error.code)) return new CliptideError('unavailable', error.message, details);
  if ([0, 194, 516].includes(error.code)) return new CliptideError('forbidden', error.message, details);
  return new CliptideError('usage', error.message, details);
}
