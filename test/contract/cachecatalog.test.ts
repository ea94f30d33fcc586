import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCacheCatalog } from '../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import type { CacheCatalog } from '../../src/ports/cachecatalog.ts';
import { CatalogProcess } from '../support/catalogprocess.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { VirtualClock } from '../support/virtualclock.ts';
import { bring, catalogContract, fly, objectFor, startMs } from './cachecatalog.contract.ts';

catalogContract('embedded', async () => {
  const folder = temporaryFolder();
  // Time passes only on request, but who waits for another goes on.
  const virtual = new VirtualClock(startMs);
  const clock = { now: () => virtual.now(), sleep: () => systemClock.sleep(1) };
  const uptime = () => virtual.now() - startMs;
  const open = () => openCacheCatalog({ path: join(folder, 'cache.db'), clock, uptime });
  const [one, other] = [await open(), await open()];
  return {
    one,
    other,
    pass: (ms) => virtual.advance(ms),
    close: async () => {
      await one.close();
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('the embedded catalog, shared by processes', () => {
  let folder: string;
  let path: string;
  let catalog: CacheCatalog;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder, 'cache.db');
    catalog = await openCacheCatalog({ path, clock: systemClock });
  });
  afterEach(async () => {
    await catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sees at once that an owner was killed, and ends its pins and flights', async () => {
    await bring(catalog, objectFor('b'));
    await using process = await CatalogProcess.start(path);
    await process.pin(['a', 'b']);
    const claim = await process.claim('a');
    await catalog.pin(['a']);
    expect(await catalog.claim('a')).toMatchObject({ is: 'flying', flight: { owner: process.owner } });
    expect(await catalog.reap()).toEqual({ owners: [], unsettled: false });
    expect((await catalog.victims({ needed: 1, least: 1, most: 1 })).marked).toEqual([]);
    await process.kill();
    expect(await catalog.reap()).toEqual({ owners: [process.owner], unsettled: false });
    const mine = await catalog.claim('a');
    expect(mine).toMatchObject({ is: 'mine' });
    if (mine.is === 'mine' && claim.is === 'mine') expect(mine.flight.token).toBeGreaterThan(claim.flight.token);
    expect((await catalog.victims({ needed: 1, least: 1, most: 1 })).marked).toMatchObject([{ key: 'b' }]);
    expect(readdirSync(join(folder, 'cache-owners'))).toEqual([`${catalog.owner}.lock`]);
  });

  it('keeps what is held when all are closed, in a file that an earlier version made as well', async () => {
    const db = new DatabaseSync(path);
    db.exec('DROP TABLE held; DROP TABLE holds');
    db.close();
    const first = await openCacheCatalog({ path, clock: systemClock });
    for (const key of ['a', 'b']) await bring(first, objectFor(key));
    await first.hold({ holder: 'h', keys: ['a'], value: 1, untilMs: systemClock.now() + 600_000 }, 1e9);
    await first.close();
    await catalog.close();
    catalog = await openCacheCatalog({ path, clock: systemClock });
    await catalog.reap();
    expect((await catalog.victims({ needed: 1, least: 1e9, most: 1e9 })).marked).toMatchObject([{ key: 'b' }]);
  });

  it('takes in the file of an earlier version, whose objects have no checksum yet', async () => {
    await bring(catalog, objectFor('a'));
    const db = new DatabaseSync(path);
    db.exec('ALTER TABLE objects DROP COLUMN gmac; ALTER TABLE objects ADD COLUMN crc32 INTEGER');
    db.close();
    await catalog.close();
    catalog = await openCacheCatalog({ path, clock: systemClock });
    const [found] = await catalog.objects('', 2);
    expect(found).toMatchObject({ key: 'a', gmac: undefined });
    if (found !== undefined) await catalog.summed(found, '9a');
    expect(await catalog.objects('', 2)).toMatchObject([{ key: 'a', gmac: '9a' }]);
  });

  it('tells with what status a fetch was refused in a file that an earlier version made, and has open', async () => {
    const earlier = new DatabaseSync(path);
    earlier.exec('DROP TRIGGER failure_removed; DROP TABLE failure_statuses');
    const next = await openCacheCatalog({ path, clock: systemClock });
    earlier.exec("INSERT INTO failures VALUES (99, 'media', 'of before', NULL, NULL, 0)");
    earlier.close();
    expect(await next.stateOf({ key: 'a', owner: 'x', token: 99 })).toMatchObject({ status: undefined });
    const flight = await fly(next, 'a');
    await next.fail(flight, { code: 'media', message: 'no', hint: undefined, where: undefined, status: 401 });
    expect(await next.stateOf(flight)).toMatchObject({ status: 401 });
    await next.close();
  });

  it('keeps the pins of a process that is stopped', async () => {
    await bring(catalog, objectFor('a'));
    await using process = await CatalogProcess.start(path);
    await process.pin(['a']);
    process.signal('SIGSTOP');
    expect(await catalog.reap()).toMatchObject({ owners: [] });
    expect((await catalog.victims({ needed: 1, least: 1, most: 1 })).marked).toEqual([]);
  });

  it('spares what a killed process was evicting, and says that the ledger is to be set anew until it is', async () => {
    await bring(catalog, objectFor('a'));
    await using process = await CatalogProcess.start(path);
    expect((await process.victims(1)).marked).toHaveLength(1);
    expect(await catalog.pin(['a'])).toBeUndefined();
    await process.kill();
    expect(await catalog.reap()).toEqual({ owners: [process.owner], unsettled: true });
    expect((await catalog.pin(['a']))?.size).toBe(1);
    expect(await catalog.reap()).toEqual({ owners: [], unsettled: true });
    await catalog.settled();
    expect(await catalog.reap()).toEqual({ owners: [], unsettled: false });
  });

  it('is held up neither by a settlement nor by a comparison of a killed process', async () => {
    await using settler = await CatalogProcess.start(path);
    await settler.settle();
    await settler.kill();
    expect(await catalog.exclusively(async () => 'compared')).toBe('compared');
    await using comparer = await CatalogProcess.start(path);
    await comparer.shut();
    await comparer.kill();
    expect(await catalog.settling(async () => 'settled')).toBe('settled');
    expect((await catalog.reap()).unsettled).toBe(true);
  });
});

describe("the leases of the embedded catalog's owners", () => {
  const day = 86_400_000;
  let folder: string;
  let clock: ShiftedClock;
  let upMs: number;
  let one: CacheCatalog;
  let other: CacheCatalog;
  const path = () => join(folder, 'cache.db');
  const open = () => openCacheCatalog({ path: path(), clock, uptime: () => upMs });
  beforeEach(async () => {
    folder = temporaryFolder();
    clock = new ShiftedClock();
    upMs = day;
    [one, other] = [await open(), await open()];
    await fly(one, 'a');
    await other.pin(['a']);
  });
  afterEach(async () => {
    await one.close();
    await other.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['forward', day],
    ['back', -day],
  ])('neither end nor last because the wall clock jumps %s', async (_, jump) => {
    clock.aheadMs = jump;
    expect(await other.claim('a')).toMatchObject({ is: 'flying' });
    upMs += 31_000;
    expect(await other.claim('a')).toMatchObject({ is: 'mine' });
  });

  it('go by the wall clock for owners of an earlier version, which know no other', async () => {
    const earlier = new DatabaseSync(path());
    earlier.exec('DELETE FROM owner_leases');
    earlier.close();
    upMs += 31_000;
    expect(await other.claim('a')).toMatchObject({ is: 'flying' });
    clock.aheadMs = 31_000;
    expect(await other.claim('a')).toMatchObject({ is: 'mine' });
  });
});
