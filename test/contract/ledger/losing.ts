import { expect, it } from 'vitest';
import { isLost } from '../../../src/domain/quota.ts';
import type { LedgerHarness } from '../ledger.contract.ts';

const request = { scope: 'disk', amount: 1, holder: 'test', ttlMs: 60_000 };

export function losing(harness: () => LedgerHarness): void {
  it('gives no budget back when it was lost while nobody was there', async () => {
    const { ledger, lose } = harness();
    await ledger.reconcile('disk', 90);
    const held = await ledger.reserve(request);
    const found = await lose();
    // What a process does at its start.
    await found.setCap('disk', 100);
    for (const attempt of [
      () => found.usage('disk'),
      () => found.reserve(request),
      () => found.extend(held, 0),
      () => found.commit(held, 1),
      () => found.release(held),
      () => found.refund('disk', 1),
    ]) {
      await expect(attempt()).rejects.toSatisfy(isLost);
    }
    expect(await found.scopes()).toMatchObject([{ scope: 'disk', generation: 0 }]);
    await found.reconcile('disk', 95);
    expect(await found.usage('disk')).toMatchObject({ cap: 100, used: 95, reserved: 0 });
    await expect(found.commit(held, 1)).rejects.toMatchObject({ code: 'fenced' });
    expect((await found.reserve(request)).token).toBeGreaterThan(held.token);
  });

  it('is corrected by who saw it as it is, and by nobody else', async () => {
    const { ledger, lose } = harness();
    const was = await ledger.usage('disk');
    await ledger.commit(await ledger.reserve(request), 1);
    expect(await ledger.correct(was, 50)).toBe(false);
    expect(await ledger.correct(await ledger.usage('disk'), 50)).toBe(true);
    const found = await lose();
    expect(await found.correct(was, 60)).toBe(false);
    const [lost = was] = await found.scopes('disk');
    expect(await found.correct(lost, 60)).toBe(true);
    // Who comes second with what it found does not undo what happened since.
    expect(await found.correct(lost, 50)).toBe(false);
    expect(await found.usage('disk')).toMatchObject({ used: 60 });
  });

  it('takes nothing for lost that was dropped or never was', async () => {
    const { ledger, lose } = harness();
    await ledger.setCap('hour', 5);
    await ledger.remove('hour');
    const found = await lose();
    expect(await found.usage('hour')).toMatchObject({ cap: 0, generation: 0 });
    await found.setCap('new', 5);
    expect(await found.reserve({ ...request, scope: 'new' })).toMatchObject({ amount: 1 });
  });
}
