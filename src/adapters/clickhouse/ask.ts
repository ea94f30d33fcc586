import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliptideError, type ErrorCode } from '../../domain/errors.ts';
import { readSqlAddress, type SqlAddress, sqlToken } from './address.ts';
import { openChdb } from './chdb.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migrationfiles.ts';
import { isAlive } from './owner.ts';
import { executeSql } from './server/execute.ts';
import { SqlException } from './server/refusal.ts';

export interface Question {
  readonly dataDir: string;
  readonly query: string;
  readonly format: string;
  /** Ends the query. */
  readonly signal?: AbortSignal;
}

/**
 * Asks a data folder's results: the process that owns it where one does, else the folder itself, through the same
 * gate. Gives the answer as bytes in the format. Rejects with `usage` for wrong SQL and where there is no such folder,
 * with `busy` when a process that does not serve SQL owns it, with the signal's reason when that aborts.
 */
export async function askResults(question: Question): Promise<Buffer> {
  const { dataDir } = question;
  const address = await readSqlAddress(dataDir);
  // The token goes to nobody who took the port of a process that has gone.
  const answered = address === undefined || !isAlive(address.pid) ? undefined : await askProcess(question, address);
  return answered ?? askFolder(question);
}

/** Undefined where no process answers: it was killed and left its address. */
async function askProcess(question: Question, { port }: SqlAddress): Promise<Buffer | undefined> {
  const { dataDir, query, format, signal } = question;
  const headers = { 'X-ClickHouse-User': 'cliptide', 'X-ClickHouse-Key': await sqlToken(dataDir) };
  const url = `http://127.0.0.1:${port}/?default_format=${encodeURIComponent(format)}`;
  const request = { method: 'POST', body: query, headers, ...(signal === undefined ? {} : { signal }) };
  const response = await fetch(url, request).catch(() => undefined);
  signal?.throwIfAborted();
  if (response === undefined) return undefined;
  const body = Buffer.from(await response.arrayBuffer());
  if (response.ok) return body;
  const text = body.toString('utf8');
  const [, message = text, type = ''] =
    /^Code: \d+\. DB::Exception: (.*) \((\w+)\) \(version [^)]*\)\s*$/s.exec(text) ?? [];
  const code = Number(response.headers.get('x-clickhouse-exception-code') ?? 0);
  throw refusal(new SqlException(code, type, message));
}

async function askFolder({ dataDir, ...asked }: Question): Promise<Buffer> {
  const folder = join(dataDir, 'results');
  if (!(await isFolder(folder))) {
    throw new CliptideError('usage', 'there are no results in this folder', {
      where: dataDir,
      hint: 'Give the data folder of "cliptide live" or "cliptide run", or of a kept demo, with --data DIR',
    });
  }
  const engine = await openChdb(folder);
  try {
    const owner = engine.connect();
    await migrate(owner, migrationsFolder());
    const settings = new Map<string, string>();
    const answer = await executeSql(() => engine.connect(), { ...asked, settings, parameters: settings });
    return answer.body;
  } catch (error) {
    asked.signal?.throwIfAborted();
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
  const where = error.type === '' ? 'the SQL port' : `Code ${error.code}, ${error.type}`;
  const message = error.message.replace(/^cliptide: /, '');
  const as = (code: ErrorCode, hint: string) => new CliptideError(code, message, { where, hint, cause: error });
  if ([159, 160].includes(error.code)) return as('timeout', 'ask for less: a shorter time, fewer rows, one broadcast');
  if ([202, 241].includes(error.code)) return as('unavailable', 'ask for less, or again when other queries are done');
  if ([0, 194, 516].includes(error.code))
    return as('forbidden', 'the token in the data folder is not that of the process');
  if ([164, 497].includes(error.code))
    return as('usage', 'the results are read-only; docs/results.md lists what there is');
  return as('usage', '"SHOW TABLES" and "DESCRIBE moments" say what there is; so does docs/results.md');
}
