import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { budgetParts } from '../../../src/cli/node/budget.ts';
import { spendingScope } from '../../../src/domain/scopes.ts';
import { spend } from '../../../src/runtime/budget.ts';
import { channelId, startMs, stillClock, whole } from '../../support/budgetworld.ts';
import { withLog } from '../../support/scoredlog.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-spendkill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a process killed in mid-render gives nothing back, with its ledger or without', async () => {
  const script = fileURLToPath(new URL('../../support/spendchild.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (const file of ['ledger.db', 'another.db']) {
    await withLog(folder, 4, async (deps) => {
      const ledger = await openLedger({ path: join(folder, file), clock: systemClock });
      const parts = budgetParts({ budget: whole }, ledger, { ...deps, clock: stillClock });
      const render = (renderSeconds: number) =>
        spend(parts, { channelId, streamId: 'stream', taskId: 'next', amounts: { renderSeconds } });
      await (await render(70)).settle({ renderSeconds: 0 });
      await expect(render(101)).rejects.toMatchObject({ code: 'budget' });
      const { used } = await ledger.usage(spendingScope(channelId, 'renderSeconds', startMs));
      expect(used).toBe(30);
      await ledger.close();
    });
  }
});
