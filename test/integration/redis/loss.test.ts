import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRedisLedger } from '../../../src/adapters/redis/ledger.ts';
import type { QuotaLedger, Reservation } from '../../../src/ports/ledger.ts';
import { describeWithOwnRedis } from '../../support/ownredis.ts';
import { ownPrefix } from '../../support/redisledger.ts';

const reserve = (ledger: QuotaLedger, amount: number, scope = 'disk'): Promise<Reservation> =>
  ledger.reserve({ scope, amount, holder: 'test', ttlMs: 60_000 });
const lost = { code: 'unavailable', message: 'the ledger was lost; it must be rebuilt' };

describeWithOwnRedis('the ledger in a Redis that lost it', (redis) => {
  let prefix: string;
  let ledger: QuotaLedger;
  let other: QuotaLedger;
  const open = () => openRedisLedger({ connection: { url: redis.url }, prefix });
  const fresh = async <T>(step: (ledger: QuotaLedger) => Promise<T>): Promise<T> => {
    const started = await open();
    return step(started).finally(() => started.close());
  };
  beforeEach(async () => {
    prefix = ownPrefix();
    ledger = await open();
    other = await open();
    await ledger.setCap('disk', 100);
    await ledger.reconcile('disk', 70);
    await other.usage('disk');
  });
  afterEach(async () => {
    await ledger.close();
    await other.close();
  });

  it('gives no budget back: everything is refused, for whoever comes, until it is reconciled', async () => {
    const held = await reserve(ledger, 10);
    await redis.admin.flushall();
    for (const attempt of [
      () => ledger.usage('disk'),
      () => reserve(ledger, 1),
      () => ledger.extend(held, 0),
      () => ledger.commit(held, 1),
      () => ledger.release(held),
      () => ledger.refund('disk', 0),
      () => reserve(other, 1),
      () => fresh((started) => reserve(started, 1)),
    ]) {
      await expect(attempt()).rejects.toMatchObject(lost);
    }
    await ledger.setCap('disk', 100);
    await expect(reserve(ledger, 1)).rejects.toMatchObject(lost);
    await ledger.reconcile('disk', 75);
    await expect(reserve(other, 26)).rejects.toMatchObject({ code: 'budget' });
    expect(await reserve(other, 25)).toMatchObject({ amount: 25 });
    expect(await fresh((started) => started.usage('disk'))).toMatchObject({ cap: 100, used: 75, reserved: 25 });
  });

  it('fences off who held something, with tokens that go on growing', async () => {
    const held = await reserve(ledger, 10);
    await redis.admin.flushall();
    await ledger.usage('disk').catch(() => undefined);
    await ledger.reconcile('disk', 70);
    await ledger.setCap('disk', 100);
    await expect(ledger.commit(held, 10)).rejects.toMatchObject({ code: 'fenced' });
    expect((await reserve(ledger, 10)).token).toBeGreaterThan(held.token);
  });

  it('is not opened by a process that never knew it and begins it anew', async () => {
    await redis.admin.flushall();
    await fresh((started) => started.setCap('disk', 100));
    await expect(reserve(ledger, 1)).rejects.toMatchObject(lost);
    await expect(fresh((started) => reserve(started, 1))).rejects.toMatchObject(lost);
    await ledger.reconcile('disk', 70);
    expect(await reserve(other, 30)).toMatchObject({ amount: 30 });
  });

  it('is seen when a fail-over takes it back in time', async () => {
    const key = `${prefix}ledger:{disk}`;
    const replica = await redis.admin.hgetall(key);
    const held = await reserve(ledger, 30);
    await redis.admin.del(key);
    await redis.admin.hset(key, replica);
    await expect(ledger.commit(held, 30)).rejects.toMatchObject(lost);
    await expect(reserve(other, 30)).rejects.toMatchObject(lost);
    await ledger.reconcile('disk', 100);
    await expect(reserve(other, 1)).rejects.toMatchObject({ code: 'budget' });
  });

  it('loses one scope and not the others', async () => {
    await ledger.setCap('cost', 5);
    await redis.admin.del(`${prefix}ledger:{disk}`);
    await expect(ledger.usage('disk')).rejects.toMatchObject(lost);
    expect(await reserve(ledger, 5, 'cost')).toMatchObject({ amount: 5 });
    expect(await ledger.expire()).toEqual([]);
  });

  it('gives expired reservations back again when it was rebuilt by somebody else', async () => {
    await redis.admin.flushall();
    await other.usage('disk').catch(() => undefined);
    await other.setCap('disk', 100);
    await other.reconcile('disk', 0);
    const crashed = await ledger.reserve({ scope: 'disk', amount: 10, holder: 'test', ttlMs: 0 });
    expect(await fresh((started) => started.expire())).toEqual([crashed]);
  });
});
