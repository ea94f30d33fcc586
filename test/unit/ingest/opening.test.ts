import { expect, test } from 'vitest';
import type { SourceItem } from '../../../src/ports/source.ts';
import { openSource } from '../../../src/stages/ingest/opening.ts';

const ignored = (position: number): SourceItem => ({ kind: 'ignored', position, reason: 'system line' });
const damaged = (position: number): SourceItem => {
  return { kind: 'damaged', position, reason: 'no time', raw: new Uint8Array(), rawBytes: 0 };
};
const chat = (position: number): SourceItem => {
  const event = { kind: 'chat', user: 'u', text: 'hi', emotes: [], roles: [] } as const;
  return { kind: 'event', position, time: { offsetMs: 0 }, id: '', event };
};

async function* batches(count: number, of: (position: number) => SourceItem, last: readonly SourceItem[]) {
  for (let from = 0; from < count; from += 1_000) {
    yield Array.from({ length: 1_000 }, (_, index) => of(from + index + 1));
  }
  yield last;
}

const opened = (count: number, of: (position: number) => SourceItem, last: readonly SourceItem[]) =>
  openSource({ format: 'irc', name: 'chat.log', unit: 'line', items: () => batches(count, of, last) }, undefined);

test('system lines before the first message are counted and not kept', async () => {
  const { items } = await opened(200_000, ignored, [ignored(200_001), chat(200_002)]);
  let kept = 0;
  let counted = 0;
  for await (const batch of items) {
    kept += batch.length;
    for (const item of batch) counted += item.kind === 'ignored' ? (item.count ?? 1) : 0;
  }
  expect(counted).toBe(200_001);
  expect(kept).toBeLessThan(300);
});

test('a source of nothing but damage is refused with its name and first damage before it is read to its end', async () => {
  let read = 0;
  const counting = (position: number): SourceItem => {
    read += 1;
    return damaged(position);
  };
  await expect(opened(1_000_000, counting, [chat(1)])).rejects.toMatchObject({
    code: 'input',
    where: 'chat.log',
    message: expect.stringContaining('chat.log; line 1: no time'),
  });
  expect(read).toBeLessThan(100_000);
});
