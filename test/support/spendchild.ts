// Opens the log of a folder and the ledger, there or in Redis by its address and a prefix, spends 30 seconds of CPU,
// 4,000 tokens and 20 cents of a channel, says so and never settles them.
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import { budgetParts } from '../../src/cli/node/budget.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { spend } from '../../src/runtime/budget.ts';
import { llmBudget } from '../../src/runtime/budgetllm.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { channelId, stillClock, whole } from './budgetworld.ts';

const [folder = '', url, prefix = ''] = process.argv.slice(2);
const logger = pinoLogger({ level: 'silent' });
const deps = await openStorage({ folder, logger }, new Lifecycle(logger));
const ledger =
  url === undefined
    ? await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock })
    : await openRedisLedger({ connection: { url }, prefix });
const parts = budgetParts({ budget: whole }, ledger, { ...deps, clock: stillClock });
const spender = { channelId, streamId: 'stream', taskId: 'task' };
await spend(parts, { ...spender, amounts: { renderSeconds: 30 } });
await llmBudget(parts).begin({ ...spender, tokens: 4_000, dollars: 0.2, maxWaitMs: 0 });
process.stdout.write('spending\n');
setInterval(() => undefined, 60_000);
