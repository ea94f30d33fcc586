import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seed } from '../../support/chaos.ts';
import { LedgerClients } from '../../support/ledgerclients.ts';
import { cap, openAtGate, PretendDisk } from '../../support/ledgerworld.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { RedisServer } from '../../support/redisserver.ts';

const operations = 100_000;
// Two minutes on a machine that does nothing else; it is only to end what hangs.
const timeoutMs = 1_800_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cliptide-ledgers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** All is settled: the dead have given back, and the ledger says what is there. */
async function verify(redis?: { url: string; prefix: string }): Promise<void> {
  const { ledger, reconciler, close } = await openAtGate(folder, redis);
  const left = async () => {
    await ledger.expire();
    const { reserved, waiting } = await ledger.usage('disk');
    return reserved + waiting;
  };
  await expect.poll(left).toBe(0);
  const disk = new PretendDisk(folder).used();
  // The killed leave it counting what is not there any more, never less than there is.
  expect((await ledger.usage('disk')).used).toBeGreaterThanOrEqual(disk);
  await reconciler.check('disk');
  expect(await ledger.usage('disk')).toMatchObject({ cap, used: disk, reserved: 0, waiting: 0 });
  expect(disk).toBeLessThanOrEqual(cap);
  await close();
}

describe(`promise 12: 8 clients and ${operations} random operations, invariants after each (seed ${seed})`, () => {
  test(
    'the embedded ledger, with clients that are killed',
    async () => {
      await using clients = new LedgerClients({ folder, seed, operations });
      for (const share of [0.15, 0.3, 0.45, 0.6, 0.75, 0.9]) {
        await clients.until(share);
        await clients.killOne();
      }
      await clients.done();
      await verify();
    },
    timeoutMs,
  );
});

describeWithPrograms(['redis-server'], `promises 12 and 14: the same in Redis (seed ${seed})`, () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.remove());

  test(
    'clients are killed, Redis restarts, and twice loses everything',
    async () => {
      const redis = { url: server.url, prefix: 'chaos.' };
      const flush = () =>
        clients.frozen(async () => {
          const admin = new Redis(server.url);
          await admin.flushall();
          admin.disconnect();
          // Who comes first, and knows the scope from the data folder, opens it with what is there: nothing is given back.
          const { ledger, close } = await openAtGate(folder, redis);
          expect(await ledger.usage('disk')).toMatchObject({ cap, used: new PretendDisk(folder).used(), reserved: 0 });
          await close();
        });
      const restart = async () => {
        await server.stop();
        await server.start();
      };
      await using clients = new LedgerClients({ folder, seed, operations, redis });
      const kill = () => clients.killOne();
      const faults = [kill, restart, flush, kill, kill, flush, kill, restart];
      for (const [index, fault] of faults.entries()) {
        await clients.until((index + 1) / (faults.length + 1));
        await fault();
      }
      await clients.done();
      await verify(redis);
    },
    timeoutMs,
  );
});
