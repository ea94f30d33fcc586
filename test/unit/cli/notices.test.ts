import { expect, test } from 'vitest';
import { SourceNotices } from '../../../src/cli/live/notices.ts';
import type { SourceItem } from '../../../src/ports/source.ts';

const own = { streamId: 'finals', channelId: 'stage' };
const event = (position: number, ids: Partial<typeof own> = own): SourceItem => ({
  kind: 'native',
  position,
  event: { kind: 'chat', atMs: position, ...ids },
});
const damaged = (position: number): SourceItem => ({
  kind: 'damaged',
  position,
  reason: 'atMs is missing or no number',
  raw: new Uint8Array(),
  rawBytes: 0,
});

async function* inBatches(...batches: (readonly SourceItem[])[]) {
  yield* batches;
}

/** What is said of these items, and the items that come through. */
async function saidOf(batches: (readonly SourceItem[])[], areConfigured = true) {
  const said: string[] = [];
  const notices = new SourceNotices((block) => said.push(block), 'events.ndjson');
  const passed: SourceItem[] = [];
  const chat = notices.ofDamage({ format: 'cliptide', items: () => inBatches(...batches) });
  for await (const batch of notices.ofForeign(chat.items(), own, areConfigured)) passed.push(...batch);
  return { said, passed };
}

test('the first damaged record is said in the words of `score`, once, and all pass', async () => {
  const batches = [[damaged(1), damaged(2)], [event(3)], [damaged(4)]];
  const { said, passed } = await saidOf(batches);
  expect(said).toEqual([
    expect.stringMatching(/^cliptide: first damage: record 1, atMs is missing or no number\n {2}/),
  ]);
  expect(said[0]).toMatch(/\n {2}where: events\.ndjson\n {2}to do: /);
  expect(passed).toEqual(batches.flat());
});

test("events of another broadcast are said once, with both ids and the field to correct; one's own are not", async () => {
  const { said } = await saidOf([
    [event(1), event(2, {})],
    [event(3, { streamId: 'demo' })],
    [event(4, { streamId: 'x' })],
  ]);
  expect(said).toEqual([
    expect.stringContaining('streamId "demo", and this source has "finals": such events are ignored'),
  ]);
  expect(said[0]).toMatch(/to do: give the source the streamId "demo"/);
  expect((await saidOf([[event(1), event(2, {})]])).said).toEqual([]);
});

test("so are another channel's, and under `live`, where the first event names both, other words fit", async () => {
  const foreign = [event(1, { channelId: 'other' })];
  expect((await saidOf([foreign])).said[0]).toMatch(/channelId "other", and this source has "stage"/);
  const { said } = await saidOf([[event(1, { streamId: 'demo' })]], false);
  expect(said[0]).toMatch(/and the first event has "finals"[\s\S]*to do: give the events of each broadcast to a live/);
});
