import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';

const spender = fileURLToPath(new URL('./spender.ts', import.meta.url));

/**
 * Has three processes spend in the scope "disk" of a ledger, whose cap is 1000, and looks on: the cap holds all the
 * time, and in the end there is used what they say. `place` is where they find the ledger.
 */
export async function spendTogether(ledger: QuotaLedger, place: readonly string[]): Promise<void> {
  const children = [1, 2, 3].map((seed) =>
    spawn(process.execPath, ['--no-warnings', spender, `${seed}`, '300', ...place], {
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
  expect(await ledger.usage('disk')).toMatchObject({ scope: 'disk', cap: 1_000, used, reserved: 0 });
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return text;
}
