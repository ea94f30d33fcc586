// A process that scores what a data folder's log holds, until it is killed or every stream has its ranking.
// Usage: scorechild.ts FOLDER STREAMS [WRITES]. Prints "started" when the stage runs and exits 0 when it is done. With
// WRITES it kills itself (-9) at that append to the log: before it where the number is odd, after it where it is even.

import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { startStateful } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';

const [folder, streams] = [process.argv[2] ?? '', Number(process.argv[3])];
const logger = pinoLogger({ level: 'error' });
const lifecycle = new Lifecycle(logger);
const deps = await openStorage({ folder, partitions: 2, logger }, lifecycle);
const { log } = deps;
const append = log.append.bind(log);
let writes = 0;
log.append = async (records) => {
  writes += 1;
  const last = writes === Number(process.argv[4]);
  if (last && writes % 2 === 1) process.kill(process.pid, 'SIGKILL');
  const offsets = await append(records);
  if (last) process.kill(process.pid, 'SIGKILL');
  return offsets;
};
const stage = startStateful(scoreStage({ run: 'live' }), deps);
stage.done.catch((error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
process.stdout.write('started\n');

/** Rankings in the log, whoever wrote them. */
async function rankings(): Promise<number> {
  const found = new Set<string>();
  for (let partition = 0; partition < 2; partition += 1) {
    const records = await deps.log.read('highlights.ranked', partition, 0, 1_000);
    for (const record of records) found.add(`${partition}.${record.key}`);
  }
  return found.size;
}

while ((await rankings()) < streams) await deps.clock.sleep(50);
await stage.stop();
await lifecycle.stop(5_000);
