import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { VirtualClock } from '../support/virtualclock.ts';
import { ledgerContract } from './ledger.contract.ts';

ledgerContract('embedded', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  const open = () => openLedger({ path: join(folder, 'ledger.db'), clock });
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

const spender = fileURLToPath(new URL('../support/spender.ts', import.meta.url));

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
    const children = [1, 2, 3].map((seed) =>
      spawn(process.execPath, ['--no-warnings', spender, path, `${seed}`, '300'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    let running = children.length;
    const totals = children.map(async (child) => {
      const total = await output(child);
      running--;
      return Number(total);
    });
    while (running > 0) {
      const { used, reserved } = await ledger.usage('disk');
      expect(used + reserved).toBeLessThanOrEqual(1_000);
      await systemClock.sleep(5);
    }
    const used = (await Promise.all(totals)).reduce((sum, total) => sum + total, 0);
    expect(await ledger.usage('disk')).toEqual({ scope: 'disk', cap: 1_000, used, reserved: 0 });
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

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return text;
}
