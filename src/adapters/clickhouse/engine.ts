import type { ClickHouseClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';

/** A ClickHouse that can be asked: in this process, or a server. */
export interface ClickHouseEngine {
  /**
   * A client with a connection of its own: settings and parameters of one do not reach another. Names without a database
   * are those of `database`, which has to be there when the client is used; of ClickHouse's own default unless given.
   */
  connect(database?: string): ClickHouseClient;
  /** Closes what is still open; resolves when nothing of the engine runs any more. */
  close(): Promise<void>;
}

/** The database of the tables and views, unless another one is configured. */
export const defaultDatabase = 'cliptide';

/** The name of a database as it may stand in a statement. Throws `config` for any other. */
export function databaseName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) return name;
  throw new CliptideError('config', `"${name}" cannot be the name of a database`, {
    where: 'clickhouse.database',
    hint: 'use letters, digits and underscores',
  });
}
