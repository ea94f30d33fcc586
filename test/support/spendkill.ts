import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { budgetParts } from '../../src/cli/node/budget.ts';
import { spendingScope } from '../../src/domain/scopes.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';
import { spend } from '../../src/runtime/budget.ts';
import { llmBudget } from '../../src/runtime/budgetllm.ts';
import { channelId, startMs, stillClock, whole } from './budgetworld.ts';
import { withLog } from './scoredlog.ts';

const script = fileURLToPath(new URL('spendchild.ts', import.meta.url));

/** Kills a process that is spending, with its log in a folder, and its ledger there unless a Redis is named. */
export async function killInMidSpend(folder: string, ...redis: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [script, folder, ...redis], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What the process had reserved counts in full, in a ledger that knows of it or that has to ask the records. */
export async function expectNothingGivenBack(folder: string, open: () => Promise<QuotaLedger>): Promise<void> {
  await withLog(folder, 4, async (deps) => {
    const ledger = await open();
    const parts = budgetParts({ budget: whole }, ledger, { ...deps, clock: stillClock });
    const spender = { channelId, streamId: 'stream', taskId: 'next' };
    const render = (renderSeconds: number) => spend(parts, { ...spender, amounts: { renderSeconds }, maxWaitMs: 0 });
    const call = (tokens: number, dollars: number) =>
      llmBudget(parts).begin({ ...spender, tokens, dollars, maxWaitMs: 0 });
    await (await render(70)).settle({ renderSeconds: 0 });
    await (await call(6_000, 0.3)).settle({ tokens: 0, dollars: 0 });
    for (const more of [() => render(71), () => call(6_001, 0.1), () => call(1, 0.300001)]) {
      await expect(more()).rejects.toMatchObject({ code: 'budget' });
    }
    for (const [what, used] of [
      ['renderSeconds', 30],
      ['llmTokens', 4_000],
      ['llmCost', 200_000],
    ] as const) {
      expect(await ledger.usage(spendingScope(channelId, what, startMs))).toMatchObject({ used, reserved: 0 });
    }
    await ledger.close();
  });
}
