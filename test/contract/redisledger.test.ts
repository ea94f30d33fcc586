import { expect, it } from 'vitest';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import { ownPrefix, redisLedgerHarness, removeKeys } from '../support/redisledger.ts';
import { describeWithServices } from '../support/services.ts';
import { spendTogether } from '../support/spenders.ts';
import { ledgerContract } from './ledger.contract.ts';

describeWithServices(['redis'], 'in Redis', (addressOf) => {
  ledgerContract('Redis', () => redisLedgerHarness(addressOf('redis')));

  it('never exceeds its cap, and adds up at the end, with several processes at once', async () => {
    const url = addressOf('redis');
    const prefix = ownPrefix();
    const ledger = await openRedisLedger({ connection: { url }, prefix });
    await ledger.setCap('disk', 1_000);
    await spendTogether(ledger, [url, prefix]);
    await ledger.close();
    await removeKeys(url, prefix);
  });

  it('keeps every digit of the largest amounts', async () => {
    const url = addressOf('redis');
    const prefix = ownPrefix();
    const ledger = await openRedisLedger({ connection: { url }, prefix });
    const all = Number.MAX_SAFE_INTEGER;
    await ledger.setCap('bytes', all);
    const held = await ledger.reserve({ scope: 'bytes', amount: all - 2, holder: 'test', ttlMs: 60_000 });
    await expect(ledger.extend(held, 3)).rejects.toMatchObject({ code: 'budget' });
    await ledger.commit(await ledger.extend(held, 1), all - 1);
    expect(await ledger.usage('bytes')).toMatchObject({ scope: 'bytes', cap: all, used: all - 1, reserved: 0 });
    await ledger.close();
    await removeKeys(url, prefix);
  });
});
