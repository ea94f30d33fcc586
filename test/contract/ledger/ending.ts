import { expect, it } from 'vitest';
import type { QuotaLedger, Reservation } from '../../../src/ports/ledger.ts';
import type { LedgerHarness } from '../ledger.contract.ts';

const reserve = (ledger: QuotaLedger, amount: number, ttlMs = 60_000): Promise<Reservation> =>
  ledger.reserve({ scope: 'disk', amount, holder: 'test', ttlMs });

export function ending(harness: () => LedgerHarness): void {
  it('lists its scopes by name, those of a prefix alone where that is asked for', async () => {
    const { ledger } = harness();
    for (const scope of ['channel:b:clips', 'channel:a:clips', 'channels']) await ledger.setCap(scope, 7);
    await reserve(ledger, 30);
    await ledger.usage('only asked for');
    const names = async (prefix?: string) => (await ledger.scopes(prefix)).map(({ scope }) => scope);
    expect(await names()).toEqual(['channel:a:clips', 'channel:b:clips', 'channels', 'disk']);
    expect(await names('channel:')).toEqual(['channel:a:clips', 'channel:b:clips']);
    expect(await ledger.scopes('disk')).toEqual([await ledger.usage('disk')]);
    expect(await ledger.usage('disk')).toMatchObject({ cap: 100, reserved: 30, waiting: 0 });
  });

  it('drops a scope that is over, for all clients, but not under who reserved in it', async () => {
    const { ledger, again } = harness();
    const other = await again();
    await ledger.commit(await reserve(ledger, 40), 40);
    const held = await reserve(other, 10);
    await expect(ledger.remove('disk')).rejects.toMatchObject({ code: 'busy', where: 'disk' });
    await other.release(held);
    await ledger.remove('disk');
    expect(await other.scopes()).toEqual([]);
    expect(await other.usage('disk')).toMatchObject({ cap: 0, used: 0, reserved: 0, generation: 0 });
    await ledger.remove('disk');
    await other.setCap('disk', 5);
    const anew = await reserve(ledger, 5);
    expect(anew.token).toBeGreaterThan(held.token);
    await other.close();
  });

  it('releases all of a holder who is known to be dead, at once, and nothing of others', async () => {
    const { ledger, again } = harness();
    const other = await again();
    const by = (holder: string, amount: number) => ledger.reserve({ scope: 'disk', amount, holder, ttlMs: 60_000 });
    const dead = [await by('the cache of 7', 20), await by('the cache of 7', 30)];
    const alive = await by('the cache of 71', 40);
    expect(await other.releaseAllOf('disk', 'the cache of 7')).toBe(50);
    expect(await other.releaseAllOf('disk', 'the cache of 7')).toBe(0);
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 40 });
    for (const one of dead) await expect(ledger.commit(one, 1)).rejects.toMatchObject({ code: 'fenced' });
    await ledger.commit(await ledger.extend(alive, 60), 100);
    expect(await ledger.expire()).toEqual([]);
    await other.close();
  });

  it('drops a scope whose holders are dead', async () => {
    const { ledger, pass } = harness();
    const crashed = await reserve(ledger, 10, 1_000);
    await pass(1_000);
    await ledger.remove('disk');
    await expect(ledger.commit(crashed, 1)).rejects.toMatchObject({ code: 'fenced' });
  });
}
