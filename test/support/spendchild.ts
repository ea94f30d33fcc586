// Opens the log and the ledger of a folder, spends 30 seconds of CPU of a channel, says so and never settles them.
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { budgetParts } from '../../src/cli/node/budget.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { spend } from '../../src/runtime/budget.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { channelId, stillClock, whole } from './budgetworld.ts';

const [folder = ''] = process.argv.slice(2);
const logger = pinoLogger({ level: 'silent' });
const deps = await openStorage({ folder, logger }, new Lifecycle(logger));
const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock });
const parts = budgetParts({ budget: whole }, ledger, { ...deps, clock: stillClock });
await spend(parts, { channelId, streamId: 'stream', taskId: 'task', amounts: { renderSeconds: 30 } });
process.stdout.write('spending\n');
setInterval(() => undefined, 60_000);
