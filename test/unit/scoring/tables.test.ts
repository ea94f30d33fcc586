import { expect, test } from 'vitest';
import { IdSet } from '../../../src/domain/scoring/idset.ts';
import { Latest } from '../../../src/domain/scoring/latest.ts';
import { chances } from '../../support/chatstream.ts';

/** What `Latest` is to be the same as. */
function putIn(map: Map<number, number>, key: number, value: number, most: number): void {
  const [oldest] = map.keys();
  if (!map.delete(key) && map.size === most && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

test.each([1, 20, 100])('at most %i numbers are kept by key, as in a map whose entries are set anew', (most) => {
  const chance = chances(most);
  const latest = new Latest(most);
  const map = new Map<number, number>();
  for (let i = 0; i < 20_000; i += 1) {
    // Keys of which many share a chain.
    const key = Math.floor((chance() - 0.5) * 1.5 * most) * 65_536;
    const place = latest.find(key);
    expect(place < 0 ? undefined : latest.valueAt(place)).toBe(map.get(key));
    if (place < 0) latest.add(key, i);
    else latest.renew(place, i);
    putIn(map, key, i, most);
    if (chance() < 0.3) {
      const [oldest] = map.keys();
      latest.dropOldest();
      map.delete(oldest ?? 0);
    }
    if (i % 50 === 0) expect([...latest]).toEqual([...map]);
  }
  expect(latest.size).toBe(map.size);
});

test('ids are kept as in a set, whatever low bits they share', () => {
  const chance = chances(1);
  const ids = new IdSet();
  const set = new Set<number>();
  const any = (): number => Math.floor(chance() * 8) * 2 ** 50 + Math.floor(chance() * 300) * 8;
  for (let i = 0; i < 50_000; i += 1) {
    const id = any();
    expect(ids.has(id)).toBe(set.has(id));
    if (chance() < (i % 10_000 < 5_000 ? 0.8 : 0.2)) {
      ids.add(id);
      set.add(id);
    } else {
      ids.delete(id);
      set.delete(id);
    }
  }
});
