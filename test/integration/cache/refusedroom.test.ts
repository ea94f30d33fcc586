import { expect, it } from 'vitest';
import { block, lease, patient, served, waiting } from '../../support/fullcache.ts';
import { cacheWorld, scope } from '../../support/mediacaches.ts';
import { RoomNotes } from '../../support/roomnotes.ts';

it('refuses after its time, with the scope, what is used and what to do, on the record', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: 300, roomRecord });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 4);
  await expect(lease(cache, archive, 4, 8)).rejects.toMatchObject({
    code: 'budget',
    where: scope,
    message: expect.stringMatching(
      /no room for 16384 bytes after a wait of .* s: .*16384 used and 0 reserved of 16384/,
    ),
    hint: expect.stringContaining('Raise the cap'),
  });
  const [wait, refusal] = roomRecord.notes;
  expect(roomRecord.kinds).toEqual(['waiting', 'refused']);
  expect(refusal).toMatchObject({ askId: wait?.askId, streamId: 'stream', bytes: 4 * block });
  expect(refusal?.reason).toContain('16384 used');
  expect(await world.usage()).toMatchObject({ used: 4 * block, reserved: 0, waiting: 0 });
  await first.release();
  expect((await lease(cache, archive, 4, 8)).parts).toHaveLength(4);
});

it('refuses at once what is larger than the cache, once it knows', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient, roomRecord });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  await expect(lease(cache, archive, 0, 6)).rejects.toMatchObject({
    code: 'budget',
    message: expect.stringContaining('24576'),
  });
  expect(roomRecord.kinds.at(-1)).toBe('refused');
  expect((await lease(cache, archive, 4, 8)).parts).toHaveLength(4);
  // Once the fetches that were called off have ended.
  await expect.poll(world.usage).toMatchObject({ reserved: 0, waiting: 0 });
});

it('refuses at once what a full disk has no room for, on the record', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ floorBytes: 2 ** 52, maxWaitMs: patient, roomRecord });
  await expect(lease(await world.open(), served(world.origin, 1), 0, 1)).rejects.toMatchObject({ code: 'space' });
  expect(roomRecord.notes).toMatchObject([{ kind: 'refused', reason: expect.stringContaining('floor') }]);
});

it('asks for a tail without waiting: it asks again soon, and lets go of its oldest meanwhile', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 5);
  const cache = await world.open();
  await lease(cache, archive, 0, 4);
  const tail = cache.lease({ archive, fromMs: 8_000, toMs: 10_000, purpose: 'tail' });
  await expect(tail).rejects.toMatchObject({ code: 'budget' });
});

it('ends a wait at once when it is called off or the cache is closed, and keeps nothing pinned', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient, roomRecord });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 4);
  const stop = new AbortController();
  const called = expect(lease(cache, archive, 2, 6, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
  await waiting(world, 1);
  const behind = expect(lease(cache, archive, 2, 6, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
  await waiting(world, 2);
  stop.abort();
  await Promise.all([called, behind]);
  expect(await world.usage()).toMatchObject({ waiting: 0, reserved: 0 });
  await first.release();
  const second = await lease(cache, archive, 4, 8);
  const closed = expect(lease(cache, archive, 0, 2)).rejects.toMatchObject({ code: 'aborted' });
  await waiting(world, 1);
  await cache.close();
  await closed;
  expect(await world.usage()).toMatchObject({ waiting: 0, reserved: 0 });
  expect(roomRecord.kinds).not.toContain('refused');
  await second.release();
});
