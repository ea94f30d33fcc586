import { blocksOf } from '../domain/budgets.ts';
import { clipFolder, stableId } from '../domain/ids.ts';
import { type KeptClip, type Removal, removals } from '../domain/retention.ts';
import { keepingScope } from '../domain/scopes.ts';
import type { ClipStore } from '../ports/clipstore.ts';

import type { Room } from './budgetclips.ts';
import { isVideo } from './budgetkept.ts';
import { type BudgetParts, tell } from './budgetrecord.ts';

interface StoredFiles extends KeptClip {
  readonly keys: readonly string[];
}

/** A file of this ending beside a clip, put there by whoever, keeps it. */
const pin = '.keep';

/** A channel's clips with all their files. Those of versions before lie elsewhere: they are no channel's. */
async function clipsOf(store: ClipStore, channelId: string): Promise<readonly StoredFiles[]> {
  const found = new Map<string, StoredFiles>();
  const files = await store.list(clipFolder(channelId));
  for (const { key, bytes, storedAtMs } of files) {
    const clipId = (key.split('/').at(-1) ?? key).replace(/\.[^.]*$/, '');
    const known = found.get(clipId) ?? { clipId, bytes: 0, storedAtMs: 0, isWhole: false, isPinned: false, keys: [] };
    found.set(clipId, {
      clipId,
      bytes: known.bytes + blocksOf(bytes),
      storedAtMs: key.endsWith(pin) ? known.storedAtMs : Math.max(known.storedAtMs, storedAtMs),
      isWhole: known.isWhole || isVideo(key),
      isPinned: known.isPinned || key.endsWith(pin),
      keys: [...known.keys, key],
    });
  }
  return [...found.values()];
}

/**
 * Removes those of a channel's clips that its limits leave no room for, each told in `budget.entries` before it goes.
 * A clip whose file somebody holds open can be read to its end. Says whether something was removed.
 */
export async function keepWithin(
  parts: BudgetParts,
  store: ClipStore,
  channelId: string,
  room: Room = { bytes: 0, clips: 0 },
): Promise<boolean> {
  const limits = await parts.limits(channelId);
  const { clipBytes, clipCount, clipDays } = limits;
  if (clipBytes === undefined && clipCount === undefined && clipDays === undefined) return false;
  const due = removals(await clipsOf(store, channelId), limits, room, parts.clock.now());
  for (const removal of due) {
    await tellRemoval(parts, channelId, removal);
    // The video first: where it is, the rest is too.
    const keys = removal.clip.keys.toSorted((a, b) => Number(isVideo(b)) - Number(isVideo(a)));
    for (const key of keys) await store.delete(key, channelId);
  }
  return due.length > 0;
}

async function tellRemoval(
  parts: BudgetParts,
  channelId: string,
  { clip, reason }: Removal<StoredFiles>,
): Promise<void> {
  const { clipId, bytes } = clip;
  parts.logger.info('Removed a clip', { clipId, channelId, reason });
  const ids = { entryId: stableId('evicted', clipId), spendId: clipId, scope: keepingScope(channelId, 'clipBytes') };
  const evicted = { ...ids, kind: 'evicted', amount: bytes, reason: `${clipId}: ${reason}` };
  await tell(parts, { channelId, streamId: '', taskId: '' }, evicted);
}
