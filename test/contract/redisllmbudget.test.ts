import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openRedisLedger } from '../../src/adapters/redis/ledger.ts';
import { spendingScope } from '../../src/domain/scopes.ts';
import { llmBudget } from '../../src/runtime/budgetllm.ts';
import { spentOf } from '../../src/runtime/budgetspent.ts';
import { gatedLedger } from '../../src/runtime/gatedledger.ts';
import { Reconciler } from '../../src/runtime/reconciler.ts';
import { BudgetWorld, channelId, type LedgerPlace, startMs, whole } from '../support/budgetworld.ts';
import { ownPrefix, removeKeys } from '../support/redisledger.ts';
import { describeWithServices } from '../support/services.ts';
import { expectNothingGivenBack, killInMidSpend } from '../support/spendkill.ts';
import { llmBudgetContract } from './llmbudget.contract.ts';

describeWithServices(['redis'], 'in Redis', (addressOf) => {
  const prefixes: string[] = [];
  const place = (): LedgerPlace => {
    const [url, prefix] = [addressOf('redis'), ownPrefix()];
    prefixes.push(prefix);
    return { open: () => openRedisLedger({ connection: { url }, prefix }), lose: () => removeKeys(url, prefix) };
  };
  afterAll(async () => {
    for (const prefix of prefixes) await removeKeys(addressOf('redis'), prefix);
  });

  llmBudgetContract('Redis', place);

  it('lets a call that is under way, and those after it, go on from the records when Redis is flushed', async () => {
    const at = place();
    await using world = await BudgetWorld.open(whole, systemClock, at);
    const { clock, logger } = world.parts;
    const reconciler = new Reconciler({ ledger: world.ledger, clock: systemClock, logger });
    const measure = async (scope: string) => (await spentOf(world.parts, scope)) ?? 0;
    reconciler.register({ covers: () => true, measure });
    const ledger = gatedLedger(world.ledger, reconciler, systemClock);
    const budget = llmBudget({ ...world.parts, ledger, clock });
    const request = { channelId, streamId: 'stream', taskId: 'task', maxWaitMs: 0 };
    await budget.begin({ ...request, tokens: 4_000, dollars: 0.1 });
    const one = await budget.begin({ ...request, tokens: 5_000, dollars: 0.1 });
    await at.lose();
    await one.settle({ tokens: 2_000, dollars: 0.3 });
    await expect(budget.begin({ ...request, tokens: 4_001, dollars: 0.1 })).rejects.toMatchObject({ code: 'budget' });
    await budget.begin({ ...request, tokens: 4_000, dollars: 0.1 });
    for (const [what, used] of [
      ['llmTokens', 10_000],
      ['llmCost', 500_000],
    ] as const) {
      expect(await ledger.usage(spendingScope(channelId, what, startMs))).toMatchObject({ used, reserved: 0 });
    }
  });

  it('gives nothing back of a process that was killed in mid-call, with what Redis had or without', async () => {
    expect.hasAssertions();
    const folder = mkdtempSync(join(tmpdir(), 'cliptide-llmkill-'));
    const [url, prefix] = [addressOf('redis'), ownPrefix()];
    prefixes.push(prefix);
    const open = () => openRedisLedger({ connection: { url }, prefix });
    try {
      await killInMidSpend(folder, url, prefix);
      await expectNothingGivenBack(folder, open);
      await removeKeys(url, prefix);
      await expectNothingGivenBack(folder, open);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
