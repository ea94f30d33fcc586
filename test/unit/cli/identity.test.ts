import { expect, test } from 'vitest';
import { identified } from '../../../src/cli/recording/identity.ts';
import type { SourceItem } from '../../../src/ports/source.ts';
import { openSource } from '../../../src/stages/ingest/opening.ts';

const chat = (position: number): SourceItem => {
  const event = { kind: 'chat', user: 'u', text: `message ${position}`, emotes: [], roles: [] } as const;
  return { kind: 'event', position, time: { offsetMs: position }, id: '', event };
};
const ignored = (position: number): SourceItem => ({ kind: 'ignored', position, reason: 'system line' });

async function* cutInto(items: readonly SourceItem[], size: number) {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

async function opened(items: readonly SourceItem[], size: number) {
  const opening = await openSource({ format: 'irc', items: () => cutInto(items, size) }, undefined);
  return identified(opening, 'irc');
}

test('the same chat has the same id however it is cut into batches, and all of its records still come', async () => {
  const system = Array.from({ length: 3_000 }, (_, index) => ignored(index + 1));
  const items = [...system, ...Array.from({ length: 50 }, (_, index) => chat(index + 3_001))];
  const first = await opened(items, 1_000);
  expect(first.streamId).toMatch(/^irc-[0-9a-f]{12}$/);
  for (const size of [1, 7, 4_000]) expect((await opened(items, size)).streamId).toBe(first.streamId);
  expect((await opened(items.slice(0, 3_030), 7)).streamId).toBe(first.streamId);
  expect((await opened(items.slice(0, 3_010), 7)).streamId).not.toBe(first.streamId);
  let events = 0;
  for await (const batch of first.items) events += batch.filter(({ kind }) => kind === 'event').length;
  expect(events).toBe(50);
});

test('a name in the records stays', async () => {
  const event = { kind: 'chat', atMs: 1, streamId: 'finals', chat: { userId: 'u', text: 'a', emotes: [], roles: [] } };
  expect((await opened([{ kind: 'native', position: 1, event }], 1)).streamId).toBe('finals');
});
