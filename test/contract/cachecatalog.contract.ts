import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheCatalog, CatalogObject, Flight } from '../../src/ports/cachecatalog.ts';
import { holds } from './cachecatalog/holds.ts';
import { CatalogModel, catalogOperations } from './cachecatalog/model.ts';

export interface CatalogHarness {
  /** Two owners of one catalog. */
  readonly one: CacheCatalog;
  readonly other: CacheCatalog;
  /** Lets time pass; owners that do not renew are late then. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** When a harness begins. */
export const startMs = 1_700_000_000_000;
/** Longer than a lease. */
export const pastLeaseMs = 60_000;

export const objectFor = (key: string, diskBytes = 4096, initBytes = 0): CatalogObject => ({
  key,
  name: `${key}.ts`,
  bytes: diskBytes,
  initBytes,
  diskBytes,
  gmac: '7f',
  channelId: 'channel',
  usedAtMs: 0,
});

export async function fly(catalog: CacheCatalog, key: string): Promise<Flight> {
  await catalog.pin([key]);
  const claim = await catalog.claim(key);
  if (claim.is !== 'mine') throw new Error(`${key} is ${claim.is}`);
  return claim.flight;
}

/** Fetches it and lets go. */
export async function bring(catalog: CacheCatalog, object: CatalogObject): Promise<void> {
  await catalog.land(await fly(catalog, object.key), object, () => undefined);
  await catalog.unpin([object.key]);
}

/** What every catalog does. */
export function catalogContract(name: string, open: () => Promise<CatalogHarness>): void {
  describe(`the ${name} catalog`, () => {
    let harness: CatalogHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());
    flights(() => harness);
    evictions(() => harness);
    holds(() => harness);
    settlements(() => harness);
    it('does what a model does in any order, and keeps its invariants', () => modelled(open));
  });
}

function flights(harness: () => CatalogHarness): void {
  it('gives an object one flight, whose end all see', async () => {
    const { one, other } = harness();
    const flight = await fly(one, 'a');
    await other.pin(['a']);
    expect(await other.claim('a')).toEqual({ is: 'flying', flight });
    expect(await other.stateOf(flight)).toBe('flying');
    let named = 0;
    await one.land(flight, objectFor('a'), () => {
      named++;
    });
    expect(named).toBe(1);
    expect(await other.stateOf(flight)).toBe('over');
    expect(await other.claim('a')).toMatchObject({ is: 'present', object: { key: 'a', gmac: '7f' } });
  });

  it('tells those who wait why a flight failed, and lets later ones try anew', async () => {
    const { one, other } = harness();
    const flight = await fly(one, 'a');
    const failure = { code: 'media-gone', message: 'no', hint: undefined, where: 'there', status: 403 };
    expect(await one.fail(flight, failure)).toBe(true);
    expect(await other.stateOf(flight)).toEqual(failure);
    const next = await fly(other, 'a');
    expect(next.token).toBeGreaterThan(flight.token);
    expect(await one.stateOf(flight)).toEqual(failure);
    const plain = { ...failure, status: undefined };
    expect(await other.fail(next, plain)).toBe(true);
    expect(await one.stateOf(next)).toEqual(plain);
    const last = await fly(other, 'a');
    expect(await other.fail(last, undefined)).toBe(true);
    expect(await one.stateOf(last)).toBe('over');
  });

  it('fences off who slept past its lease once another has taken over', async () => {
    const { one, other, pass } = harness();
    const slept = await fly(one, 'a');
    await pass(pastLeaseMs);
    await other.renew();
    await other.pin(['a']);
    const claim = await other.claim('a');
    expect(claim).toMatchObject({ is: 'mine', left: slept });
    const name = () => expect.unreachable('a fenced flight must not name its file');
    await expect(one.land(slept, objectFor('a'), name)).rejects.toMatchObject({ code: 'fenced' });
    await expect(one.mustFly(slept)).rejects.toMatchObject({ code: 'fenced' });
    expect(await one.fail(slept, undefined)).toBe(false);
    await one.renew();
    expect(await one.claim('a')).toMatchObject({ is: 'flying' });
  });

  it('refuses a claim of what its asker has not pinned', async () => {
    const { one, other } = harness();
    await other.pin(['a']);
    await expect(one.claim('a')).rejects.toMatchObject({ code: 'internal' });
  });
}

function evictions(harness: () => CatalogHarness): void {
  it('marks what was used least recently and nobody has pinned, initialisation sections last', async () => {
    const { one, other, pass } = harness();
    await bring(one, objectFor('init', 4096, 4096));
    for (const key of ['a', 'b', 'c']) {
      await pass(1);
      await bring(one, { ...objectFor(key) });
      await one.pin([key]);
      await one.unpin([key]);
    }
    await pass(1);
    await other.pin(['a']);
    await other.unpin(['a']);
    await other.pin(['b']);
    const { marked } = await one.victims({ needed: 4096, least: 4096, most: 4096 });
    expect(marked.map(({ key }) => key)).toEqual(['c']);
    expect(await other.pin(['c'])).toBeUndefined();
    await one.evicted(['c'], []);
    expect((await other.pin(['c']))?.size).toBe(0);
    const rest = await one.victims({ needed: 8192, least: 8192, most: 8192 });
    expect(rest.marked.map(({ key }) => key)).toEqual(['a', 'init']);
  });

  it('marks nothing where not enough can go, says that some is under way, and stops before the most is passed', async () => {
    const { one, other } = harness();
    for (const key of ['a', 'b', 'c']) await bring(one, objectFor(key, 8192));
    await other.pin(['c']);
    expect(await one.victims({ needed: 20_000, least: 20_000, most: 20_000 })).toEqual({ marked: [], underWay: false });
    expect((await one.victims({ needed: 1, least: 1, most: 10_000 })).marked).toHaveLength(1);
    expect(await other.victims({ needed: 10_000, least: 10_000, most: 10_000 })).toEqual({
      marked: [],
      underWay: true,
    });
    expect((await other.victims({ needed: 8192, least: 8192, most: 8192 })).marked).toHaveLength(1);
    await other.evicted(['a', 'b'], []);
    expect((await one.usage()).objects).toBe(2);
  });

  it('takes out what is damaged in one step, once, and not what came after it', async () => {
    const { one, other } = harness();
    await bring(one, objectFor('a'));
    const seen = (await one.pin(['a']))?.get('a');
    if (seen === undefined) throw new Error('a is not there');
    let removed = 0;
    const remove = () => {
      removed++;
    };
    expect(await other.forget(seen, remove)).toBe(true);
    expect(await one.forget(seen, remove)).toBe(false);
    await bring(other, objectFor('a'));
    expect(await one.forget(seen, remove)).toBe(false);
    expect(removed).toBe(1);
    expect(await one.usage()).toMatchObject({ objects: 1, diskBytes: 4096, pinned: { objects: 1 } });
  });
}

function settlements(harness: () => CatalogHarness): void {
  it('lets nobody settle while one compares, and begins to compare only when all have settled', async () => {
    const { one, other } = harness();
    const order: string[] = [];
    let settle = () => {};
    const first = one.settling(async () => {
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
      order.push('first settled');
    });
    const compared = other.exclusively(async () => {
      order.push('compared');
    });
    const later: Promise<unknown>[] = [];
    const isShut = async () => {
      let begun = false;
      later.push(
        one.settling(async () => {
          begun = true;
          order.push('settled');
        }),
      );
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      return !begun;
    };
    await expect.poll(isShut).toBe(true);
    settle();
    await Promise.all([first, compared, ...later]);
    const at = order.indexOf('compared');
    expect(order.lastIndexOf('first settled')).toBe(at - 1);
    expect(order.length).toBeGreaterThan(at + 1);
  });
}

async function modelled(open: () => Promise<CatalogHarness>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(catalogOperations, async (operations) => {
      const harness = await open();
      try {
        const model = new CatalogModel(harness.one, harness.other);
        for (const operation of operations) {
          await operation(harness, model);
          model.mustHold();
        }
      } finally {
        await harness.close();
      }
    }),
    { numRuns: 60 },
  );
}
