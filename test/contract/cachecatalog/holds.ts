import { expect, it } from 'vitest';
import type { CacheCatalog } from '../../../src/ports/cachecatalog.ts';
import { bring, type CatalogHarness, objectFor, pastLeaseMs, startMs } from '../cachecatalog.contract.ts';

const hold = (holder: string, keys: readonly string[], value = 1, untilMs = startMs + 100 * pastLeaseMs) => ({
  holder,
  keys,
  value,
  untilMs,
});
const all = { needed: 1, least: 1e9, most: 1e9 };

/** What could be evicted now; nothing is. */
async function free(catalog: CacheCatalog): Promise<readonly string[]> {
  const keys = (await catalog.victims(all)).marked.map(({ key }) => key);
  await catalog.evicted([], keys);
  return keys.toSorted();
}

/** What every catalog does about holds. */
export function holds(harness: () => CatalogHarness): void {
  it('keeps what is held and there, after its owner’s leases and beyond its owner, until anybody lets go', async () => {
    const { one, other, pass } = harness();
    for (const key of ['a', 'b']) await bring(one, objectFor(key));
    expect(await one.hold(hold('h', ['a', 'missing']), 1e9)).toEqual([]);
    await pass(pastLeaseMs);
    expect(await free(other)).toEqual(['b']);
    expect((await other.usage()).pinned).toEqual({ objects: 1, diskBytes: 4096 });
    await bring(other, objectFor('missing'));
    expect(await free(one)).toEqual(['b', 'missing']);
    expect(await one.victims({ needed: 9000, least: 9000, most: 9000 })).toEqual({ marked: [], underWay: false });
    await other.letGo('h');
    await other.letGo('h');
    expect(await free(one)).toEqual(['a', 'b', 'missing']);
  });

  it('holds for a holder what it named last, and a common object for as long as one holds it', async () => {
    const { one, other } = harness();
    for (const key of ['a', 'b', 'c']) await bring(one, objectFor(key));
    await one.hold(hold('h', ['a', 'b']), 1e9);
    await other.hold(hold('i', ['b', 'c']), 1e9);
    await other.hold(hold('h', ['b']), 1e9);
    expect(await free(one)).toEqual(['a']);
    await one.letGo('i');
    expect(await free(one)).toEqual(['a', 'c']);
    await one.hold(hold('h', ['nothing']), 1e9);
    expect(await free(one)).toEqual(['a', 'b', 'c']);
  });

  it('ends a hold when its time is over, and begins none that is over', async () => {
    const { one, other, pass } = harness();
    for (const key of ['a', 'b']) await bring(one, objectFor(key));
    await one.hold(hold('h', ['a'], 1, startMs + 10), 1e9);
    await one.hold(hold('late', ['b'], 1, startMs), 1e9);
    expect(await free(other)).toEqual(['b']);
    await pass(10);
    expect((await other.usage()).pinned.objects).toBe(0);
    expect(await free(other)).toEqual(['a', 'b']);
  });

  it('ends the holds of least value where all take too much, the new one too, counting an object once', async () => {
    const { one, other } = harness();
    for (const key of ['a', 'b', 'c', 'd']) await bring(one, objectFor(key));
    const most = 2 * 4096;
    expect(await one.hold(hold('good', ['a', 'b'], 5), most)).toEqual([]);
    expect(await other.hold(hold('same', ['a'], 3), most)).toEqual([]);
    expect(await one.hold(hold('poor', ['c'], 1), most)).toEqual([{ holder: 'poor', diskBytes: 4096 }]);
    expect(await free(one)).toEqual(['c', 'd']);
    expect(await other.hold(hold('best', ['d'], 9), most)).toEqual([
      { holder: 'same', diskBytes: 4096 },
      { holder: 'good', diskBytes: 8192 },
    ]);
    expect(await free(one)).toEqual(['a', 'b', 'c']);
  });

  it('keeps what was to be kept beside the holds, until its time is over, and only while there is room for it', async () => {
    const { one, other, pass } = harness();
    for (const key of ['a', 'b', 'c', 'd']) await bring(one, objectFor(key));
    const [held, kept] = [2 * 4096, 3 * 4096];
    const keep = (holder: string, keys: readonly string[]) => ({ holder, keys, untilMs: startMs + 10 });
    await one.keep(keep('k', ['a', 'missing']), kept);
    expect(await one.hold(hold('h', ['b', 'c'], Number.MIN_SAFE_INTEGER), held)).toEqual([]);
    await other.keep(keep('l', ['d']), kept);
    expect(await free(other)).toEqual(['d']);
    await other.letGo('k');
    expect(await free(one)).toEqual(['a', 'd']);
    await other.keep(keep('l', ['d']), kept);
    expect(await free(other)).toEqual(['a']);
    await pass(10);
    expect(await free(one)).toEqual(['a', 'd']);
  });

  it('neither holds what is on its way out, nor keeps what is damaged', async () => {
    const { one, other } = harness();
    for (const key of ['a', 'b']) await bring(one, objectFor(key));
    const { marked } = await other.victims({ needed: 1, least: 1, most: 1 });
    const [out] = marked;
    const rest = out?.key === 'a' ? 'b' : 'a';
    await one.hold(hold('h', ['a', 'b']), 1e9);
    await other.evicted([], [out?.key ?? '']);
    expect(await free(one)).toEqual([out?.key]);
    const seen = (await one.pin([rest]))?.get(rest);
    await one.unpin([rest]);
    if (seen === undefined) throw new Error('it is not there');
    expect(await one.forget(seen, () => undefined)).toBe(true);
    expect((await one.usage()).pinned.objects).toBe(0);
  });
}
