import { join } from 'node:path';
import { serveSql } from '../../adapters/clickhouse/serve.ts';
import type { Config } from '../../config/config.ts';
import type { Terminal } from '../terminal.ts';
import type { EmbeddedNode } from './node.ts';

/** Serves the node's results, read-only, over ClickHouse's HTTP interface on loopback, and says where. */
export async function openSqlServer(node: EmbeddedNode, config: Config, terminal: Terminal): Promise<void> {
  const server = await node.lifecycle.start('sql server', async () => {
    const value = await serveSql({ dataDir: node.folder, engine: node.results.engine, port: config.sql.port });
    return { value, stop: () => value.close() };
  });
  terminal.line(
    `sql: http://127.0.0.1:${server.port} (read-only; any user, password in ${join(node.folder, 'sql.token')})`,
  );
}
