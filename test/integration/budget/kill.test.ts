import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { expectNothingGivenBack, killInMidSpend } from '../../support/spendkill.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-spendkill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a process killed in mid-render or in mid-call gives nothing back, with its ledger or without', async () => {
  expect.hasAssertions();
  await killInMidSpend(folder);
  for (const file of ['ledger.db', 'another.db']) {
    await expectNothingGivenBack(folder, () => openLedger({ path: join(folder, file), clock: systemClock }));
  }
});
