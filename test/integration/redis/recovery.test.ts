import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openRedisLedger } from '../../../src/adapters/redis/ledger.ts';
import type { QuotaLedger, Reservation } from '../../../src/ports/ledger.ts';
import { LosingProxy } from '../../support/losingproxy.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { ownPrefix } from '../../support/redisledger.ts';
import { RedisServer } from '../../support/redisserver.ts';

const reserve = (ledger: QuotaLedger, amount: number, ttlMs = 60_000): Promise<Reservation> =>
  ledger.reserve({ scope: 'disk', amount, holder: 'test', ttlMs });

describeWithPrograms(['redis-server'], 'the ledger in a Redis that breaks', () => {
  let server: RedisServer;
  let prefix: string;
  let ledger: QuotaLedger;
  const open = (patienceMs = 10_000, url = server.url) => openRedisLedger({ connection: { url }, prefix, patienceMs });
  /** One that gives up soon; the server that is there may take longer at first. */
  const openHasty = () => vi.waitFor(() => open(100), { timeout: 20_000 });
  const admin = async <T>(step: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(server.url);
    return step(client).finally(() => client.disconnect());
  };
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    prefix = ownPrefix();
    ledger = await open();
    await ledger.setCap('disk', 100);
  });
  afterEach(() => ledger.close());

  it('waits for a restart, and goes on with the counters that there were', async () => {
    const held = await reserve(ledger, 60);
    await server.stop();
    const committing = ledger.commit(held, 25);
    await server.start();
    await committing;
    expect(await ledger.usage('disk')).toMatchObject({ scope: 'disk', cap: 100, used: 25, reserved: 0 });
  });

  it('loads its scripts again when they were thrown away', async () => {
    const held = await reserve(ledger, 60);
    await admin((client) => client.script('FLUSH'));
    await ledger.release(held);
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 0 });
  });

  it('is unavailable while Redis stays away, and does nothing later that it has not promised', async () => {
    await ledger.commit(await reserve(ledger, 60), 60);
    const hasty = await openHasty();
    await server.stop();
    await expect(hasty.refund('disk', 60)).rejects.toMatchObject({
      code: 'unavailable',
      where: `127.0.0.1:${server.port}`,
    });
    await server.start();
    const usage = await vi.waitFor(() => hasty.usage('disk'), { timeout: 20_000 });
    expect(usage).toMatchObject({ used: 60 });
    await hasty.close();
  });

  it('ends what waits for a Redis that is away when it is closed', async () => {
    await server.stop();
    // Within it the client tries in vain, and waits to try again.
    const tried = ledger.usage('disk').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ledger.close();
    expect(await tried).toMatchObject({ code: 'aborted' });
    await server.start();
  });

  it('is unavailable while Redis accepts connections and answers nothing', async () => {
    const hasty = await openHasty();
    server.freeze();
    await expect(hasty.usage('disk')).rejects.toMatchObject({ code: 'unavailable' });
    server.thaw();
    expect(await ledger.usage('disk')).toMatchObject({ cap: 100 });
    await hasty.close();
  });

  it('does a thing once whose answer got lost', async () => {
    const proxy = new LosingProxy(server.port);
    const far = await open(10_000, `redis://127.0.0.1:${await proxy.listen()}`);
    // Every script is known by now, so that no question for one is what gets lost.
    await far.commit(await far.extend(await reserve(far, 1), 0), 1);
    await far.refund('disk', 1);
    proxy.loseAnswer();
    const held = await reserve(far, 40);
    proxy.loseAnswer();
    await far.extend(held, 10);
    proxy.loseAnswer();
    await far.commit(held, 50);
    proxy.loseAnswer();
    await far.refund('disk', 20);
    expect(proxy.lost).toBe(4);
    expect(await ledger.usage('disk')).toMatchObject({ scope: 'disk', cap: 100, used: 30, reserved: 0 });
    await far.close();
    await proxy.close();
  });

  it('says once what expired, though the answer got lost', async () => {
    const proxy = new LosingProxy(server.port);
    const far = await open(10_000, `redis://127.0.0.1:${await proxy.listen()}`);
    await far.usage('disk');
    await far.expire();
    const crashed = await reserve(ledger, 40, 0);
    // The list of scopes comes through, what expired does not.
    proxy.loseAnswer(1);
    expect(await far.expire()).toEqual([crashed]);
    expect(proxy.lost).toBe(1);
    await far.close();
    await proxy.close();
  });

  it("ends leases by the server's clock, which all nodes have in common", async () => {
    const time = () => admin((client) => client.time());
    const inMs = ([seconds, micros]: readonly (string | number)[]) => Number(seconds) * 1_000 + Number(micros) / 1_000;
    const before = inMs(await time());
    const { expiresAtMs } = await reserve(ledger, 1, 5_000);
    expect(expiresAtMs).toBeGreaterThanOrEqual(Math.floor(before) + 5_000);
    expect(expiresAtMs).toBeLessThanOrEqual(inMs(await time()) + 5_000);
    expect(await ledger.expire()).toEqual([]);
  });
});
