// Reserves, extends, commits, releases and refunds in the ledger named on the command line, in an order that its seed
// gives, and prints how much it has used in the end. Run by tests of ledgers as one of several processes. The ledger is
// named by its file, or by the address of Redis and a prefix.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import { CliptideError } from '../../src/domain/errors.ts';

const [seed = '1', rounds = '0', place = '', prefix] = process.argv.slice(2);
const ledger =
  prefix === undefined
    ? await openLedger({ path: place, clock: systemClock })
    : await openRedisLedger({ connection: { url: place }, prefix });
let state = Number(seed);
// Park and Miller's generator: the same choices for the same seed.
const below = (limit: number): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
};

let used = 0;
for (let round = 0; round < Number(rounds); round++) {
  try {
    const held = await ledger.reserve({ scope: 'disk', amount: below(400), holder: seed, ttlMs: 60_000 });
    await nextTurn();
    const longer = await ledger.extend(held, below(50)).catch(() => held);
    if (below(3) === 0) {
      await ledger.release(longer);
    } else {
      await ledger.commit(longer, longer.amount);
      used += longer.amount;
    }
  } catch (error) {
    if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
    const back = below(used + 1);
    await ledger.refund('disk', back);
    used -= back;
  }
}
await ledger.close();
process.stdout.write(`${used}\n`);
