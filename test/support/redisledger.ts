import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openKnownScopes } from '../../src/adapters/embedded/knownscopes.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import type { LedgerHarness } from '../contract/ledger.contract.ts';
import { temporaryFolder } from './embeddedlog.ts';
import { VirtualClock } from './virtualclock.ts';

/** A prefix that nobody else has. */
export const ownPrefix = (): string => `test-${randomUUID()}.`;

/** Takes away every key with the prefix. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await client.del(...(keys as string[]));
  }
  await client.quit();
}

/** A ledger in a real Redis, with leases by a virtual clock, as the contract wants it. */
export async function redisLedgerHarness(url: string): Promise<LedgerHarness> {
  const prefix = ownPrefix();
  const clock = new VirtualClock(1_700_000_000_000);
  const folder = temporaryFolder();
  const known = await openKnownScopes({ path: join(folder, 'known.db'), clock });
  const open = () => openRedisLedger({ connection: { url }, prefix, known, now: () => clock.now() });
  let ledger = await open();
  return {
    ledger,
    again: open,
    pass: (ms) => clock.advance(ms),
    lose: async () => {
      await ledger.close();
      await removeKeys(url, prefix);
      ledger = await open();
      return ledger;
    },
    close: async () => {
      await ledger.close();
      await known.close();
      rmSync(folder, { recursive: true });
      await removeKeys(url, prefix);
    },
  };
}
