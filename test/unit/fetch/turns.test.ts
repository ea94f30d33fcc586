import { expect, test } from 'vitest';
import { Turns } from '../../../src/adapters/fetch/turns.ts';

/** Work at an origin that is under way until it is let go, or leaves its place. */
function atOrigins() {
  const turns = new Turns();
  const begun: string[] = [];
  const start = (origin: string, count: number) =>
    Array.from({ length: count }, () => {
      const end = Promise.withResolvers<void>();
      const left = Promise.withResolvers<() => void>();
      const run = turns.run(origin, (leave) => {
        begun.push(origin);
        left.resolve(leave);
        return end.promise;
      });
      return { run, end: end.resolve, leave: async () => (await left.promise)() };
    });
  return { begun, start, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

test('an origin that is slow keeps those waiting who ask it, not those who ask others', async () => {
  const { begun, start, settled } = atOrigins();
  start('slow', 10);
  const others = start('other', 5);
  await settled();
  expect(begun).toEqual([...Array(4).fill('slow'), ...Array(4).fill('other')]);
  others[0]?.end();
  await others[0]?.run;
  await settled();
  expect(begun.slice(8)).toEqual(['other']);
});

test('of all origins together so many are asked that memory stays bounded', async () => {
  const { begun, start, settled } = atOrigins();
  const all = ['a', 'b', 'c', 'd', 'e'].flatMap((origin) => start(origin, 4));
  await settled();
  expect(begun).toHaveLength(16);
  expect(begun).not.toContain('e');
  all[0]?.end();
  await settled();
  expect(begun.slice(16)).toEqual(['e']);
});

test('what has come leaves its place before it has ended, once', async () => {
  const { begun, start, settled } = atOrigins();
  const [first] = start('a', 6);
  await first?.leave();
  await first?.leave();
  first?.end();
  await first?.run;
  await settled();
  expect(begun).toHaveLength(5);
});
