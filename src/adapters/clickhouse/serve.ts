import { removeSqlAddress, sqlToken, writeSqlAddress } from './address.ts';
import type { ClickHouseEngine } from './engine.ts';
import { type SqlServer, startSqlServer } from './server/server.ts';

export interface ServeSqlOptions {
  readonly dataDir: string;
  readonly engine: ClickHouseEngine;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Serves a data folder's results on loopback, and leaves address and token in the folder for `cliptide sql`. */
export async function serveSql({ dataDir, engine, port }: ServeSqlOptions): Promise<SqlServer> {
  const token = await sqlToken(dataDir);
  const server = await startSqlServer({ connect: () => engine.connect(), token, port });
  await writeSqlAddress(dataDir, { port: server.port, pid: process.pid });
  return {
    port: server.port,
    close: async () => {
      await removeSqlAddress(dataDir);
      await server.close();
    },
  };
}
