import { expect, it } from 'vitest';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { roomRecord } from '../../../src/runtime/budgetroom.ts';
import { BudgetWorld, channelId, startMs } from '../../support/budgetworld.ts';

it('waits for room in the media cache and refusals are on the record, each with whose they are', async () => {
  await using world = await BudgetWorld.open();
  const record = roomRecord(world.parts);
  const asked = { askId: 'ask', channelId, streamId: 'stream', bytes: 8192 };
  await record.waiting(asked, 3);
  await record.refused(asked, '8192 more do not fit');
  const common = { scope: nodeScopes('node-1').cache, channelId, streamId: 'stream', amount: 8192, spendId: 'ask' };
  const entries = await world.entries();
  expect(entries).toMatchObject([
    { ...common, kind: 'waiting', place: 3, nodeId: 'node-1', atMs: startMs },
    { ...common, kind: 'refused', reason: '8192 more do not fit' },
  ]);
  expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(2);
});
