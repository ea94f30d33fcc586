// Appends batches of ten records to the log named on the command line until it is killed. It prints the number of each
// batch once that is acknowledged. Run by the test of durability as a process of its own.
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { EmbeddedEventLog } from '../../src/adapters/embedded/eventlog.ts';
import { openStore } from '../../src/adapters/embedded/store.ts';

const store = openStore(process.argv[2] ?? '');
const log = new EmbeddedEventLog({ store, clock: systemClock });
await log.declare([{ name: 'a', partitions: 2, cleanup: 'delete' }]);
const start = (await log.bounds('a', 0)).end / 5;
for (let batch = start; ; batch++) {
  const value = new TextEncoder().encode(`${batch}`.padEnd(500, '.'));
  await log.append(Array.from({ length: 10 }, (_, index) => ({ topic: 'a', key: '', value, partition: index % 2 })));
  await new Promise((resolve) => process.stdout.write(`${batch}\n`, resolve));
}
