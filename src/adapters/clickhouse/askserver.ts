import { buffer } from 'node:stream/consumers';
import { CliptideError } from '../../domain/errors.ts';
import type { Question } from './ask.ts';
import type { ClickHouseEngine } from './engine.ts';
import { engineCode, fromClickHouse } from './failures.ts';

/**
 * Asks the results on a server, read-only whatever its user may do. Gives the answer as bytes in the format. Rejects
 * with `usage` for wrong SQL, with the signal's reason when that aborts, else with what `fromClickHouse` makes of it.
 */
export async function askServer(
  engine: ClickHouseEngine,
  database: string,
  { query, format, signal }: Omit<Question, 'dataDir'>,
): Promise<Buffer> {
  try {
    const { stream } = await engine.connect(database).exec({
      query,
      clickhouse_settings: { readonly: '1' },
      http_headers: { 'X-ClickHouse-Format': format },
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
    return await buffer(stream);
  } catch (error) {
    signal?.throwIfAborted();
    throw ofStatement(fromClickHouse(error, database), engineCode(error));
  }
}

/** What the server says of a statement that a person has written is that person's to mend. */
function ofStatement(failure: CliptideError, code: string | undefined): CliptideError {
  const { message, where = '', cause } = failure;
  const as = (hint: string) => new CliptideError('usage', message, { where, hint, cause });
  if (code === '164') return as('the results are read-only here; docs/results.md lists what there is');
  if (code === undefined || failure.code !== 'internal') return failure;
  return as('"SHOW TABLES" and "DESCRIBE moments" say what there is; so does docs/results.md');
}
