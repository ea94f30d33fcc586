import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { spendTogether } from '../support/spenders.ts';
import { VirtualClock } from '../support/virtualclock.ts';
import { ledgerContract } from './ledger.contract.ts';

ledgerContract('embedded', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  const open = () => openLedger({ path: join(folder, 'ledger.db'), clock, uptime: () => clock.now() });
  const ledger = await open();
  return {
    ledger,
    again: open,
    pass: (ms) => clock.advance(ms),
    close: async () => {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('the embedded ledger, shared by processes', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'ledger.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('never exceeds its cap, and adds up at the end, with several processes at once', async () => {
    const ledger = await openLedger({ path, clock: systemClock });
    await ledger.setCap('disk', 1_000);
    await spendTogether(ledger, [path]);
    await ledger.close();
  });

  it('does not stand still while another process writes, and goes on when that is done', async () => {
    const ledger = await openLedger({ path, clock: systemClock });
    await ledger.setCap('disk', 10);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns === 5) other.exec('COMMIT');
    }, 1);
    await ledger.reserve({ scope: 'disk', amount: 10, holder: 'test', ttlMs: 1_000 });
    clearInterval(timer);
    other.close();
    expect(turns).toBeGreaterThanOrEqual(5);
    await ledger.close();
  });

  it('is unavailable when another process never ends its writing', async () => {
    const clock = new ShiftedClock();
    const ledger = await openLedger({ path, clock });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const refused = expect(ledger.setCap('disk', 10)).rejects.toMatchObject({ code: 'unavailable', where: path });
    clock.aheadMs = 60_000;
    await refused;
    other.close();
    await ledger.close();
  });
});
