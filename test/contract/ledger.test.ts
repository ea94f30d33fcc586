import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openKnownScopes } from '../../src/adapters/embedded/knownscopes.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { spendTogether } from '../support/spenders.ts';
import { VirtualClock } from '../support/virtualclock.ts';
import { ledgerContract } from './ledger.contract.ts';

ledgerContract('embedded', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  const known = await openKnownScopes({ path: join(folder, 'known.db'), clock });
  const open = () => openLedger({ path: join(folder, 'ledger.db'), clock, known, uptime: () => clock.now() });
  let ledger = await open();
  return {
    ledger,
    again: open,
    pass: (ms) => clock.advance(ms),
    lose: async () => {
      await ledger.close();
      for (const file of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm']) rmSync(join(folder, file), { force: true });
      ledger = await open();
      return ledger;
    },
    close: async () => {
      await ledger.close();
      await known.close();
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

describe('leases of the embedded ledger', () => {
  const day = 86_400_000;
  const request = { scope: 'disk', amount: 10, holder: 'test', ttlMs: 60_000 };
  let folder: string;
  let clock: ShiftedClock;
  let upMs: number;
  let ledger: QuotaLedger;
  const open = () => openLedger({ path: join(folder, 'ledger.db'), clock, uptime: () => upMs });
  beforeEach(async () => {
    folder = temporaryFolder();
    clock = new ShiftedClock();
    upMs = day;
    ledger = await open();
    await ledger.setCap('disk', 10);
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['forward', day],
    ['back', -day],
  ])('do not end, nor last, because the wall clock jumps %s', async (_, jump) => {
    const held = await ledger.reserve(request);
    clock.aheadMs = jump;
    expect(await ledger.expire()).toEqual([]);
    upMs += 59_999;
    expect(await ledger.extend(held, 0)).toMatchObject({ amount: 10 });
    upMs += 60_000;
    expect(await ledger.expire()).toMatchObject([{ id: held.id }]);
  });

  it('are over when the machine started anew', async () => {
    const held = await ledger.reserve(request);
    await ledger.close();
    upMs = 5_000;
    ledger = await open();
    expect(await ledger.reserve(request)).toMatchObject({ amount: 10 });
    expect(await ledger.expire()).toMatchObject([{ id: held.id }]);
  });
});
