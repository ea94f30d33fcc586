import { expect, test } from 'vitest';
import { FolderSync } from '../../../src/adapters/fetch/foldersync.ts';

/** Syncs that end when they are told to, in the order in which they began. */
function syncs() {
  const begun: PromiseWithResolvers<void>[] = [];
  const folder = new FolderSync(() => {
    const sync = Promise.withResolvers<void>();
    begun.push(sync);
    return sync.promise;
  });
  const done: string[] = [];
  const ask = (name: string) =>
    folder.run().then(
      () => done.push(name),
      () => done.push(`${name} failed`),
    );
  return { begun, done, ask, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

test('who asks while a sync is under way waits for one that began later, together with the others', async () => {
  const { begun, done, ask, settled } = syncs();
  void ask('a');
  void ask('b');
  void ask('c');
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await settled();
  expect(done).toEqual(['a']);
  expect(begun).toHaveLength(2);
  void ask('d');
  begun[1]?.resolve();
  await settled();
  expect(done).toEqual(['a', 'b', 'c']);
  begun[2]?.resolve();
  await settled();
  expect(done).toEqual(['a', 'b', 'c', 'd']);
  expect(begun).toHaveLength(3);
});

test('a sync that fails is the failure of those who waited for it, not of the next', async () => {
  const { begun, done, ask, settled } = syncs();
  void ask('a');
  void ask('b');
  begun[0]?.reject(new Error('disk'));
  await settled();
  begun[1]?.resolve();
  await settled();
  void ask('c');
  begun[2]?.resolve();
  await settled();
  expect(done).toEqual(['a failed', 'b', 'c']);
});
