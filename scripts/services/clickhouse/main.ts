// The ClickHouse engine behind its HTTP interface, with writing allowed: node main.ts FOLDER PORT. The password that
// clients have to send is in the environment.
import { openChdb } from '../../../src/adapters/clickhouse/chdb.ts';
import { queryQueue } from '../../../src/adapters/clickhouse/server/queue.ts';
import { startSqlServer } from '../../../src/adapters/clickhouse/server/server.ts';
import { execute } from './execute.ts';
import { passwordVariable } from './password.ts';
import { readStatement } from './statement.ts';

/** Each holds one of libuv's threads, of which the launch makes eight. */
const runningStatements = 4;
const waitingStatements = 1000;

const [folder = '', port = '0'] = process.argv.slice(2);
const engine = await openChdb(folder);
const connect = () => engine.connect();
const inTurn = queryQueue(runningStatements, waitingStatements);
const server = await startSqlServer({
  connect,
  token: process.env[passwordVariable] ?? '',
  port: Number(port),
  answer: async (request, address) => {
    const statement = await readStatement(request, address);
    return inTurn(() => execute(connect, statement));
  },
});
process.stderr.write(`listening on 127.0.0.1:${server.port}\n`);

process.once('SIGTERM', async () => {
  await server.close();
  await engine.close();
  process.stderr.write('stopped\n');
});
