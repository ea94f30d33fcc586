import { blocksOf } from '../domain/budgets.ts';
import { clipFolder, stableId } from '../domain/ids.ts';
import { isJustMade, type KeptClip, type Removal, removals } from '../domain/retention.ts';
import { keepingScope } from '../domain/scopes.ts';
import type { ClipStore } from '../ports/clipstore.ts';

import type { Room } from './budgetcharge.ts';
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

async function dueOf(
  { limits: limitsFor, clock }: BudgetParts,
  store: ClipStore,
  channelId: string,
  room: Room,
): Promise<readonly Removal<StoredFiles>[]> {
  const limits = await limitsFor(channelId);
  const { clipBytes, clipCount, clipDays } = limits;
  if (clipBytes === undefined && clipCount === undefined && clipDays === undefined) return [];
  return removals(await clipsOf(store, channelId), limits, room, clock.now());
}

/** What `keepWithin` would remove for so much room. */
export async function removableFor(parts: BudgetParts, store: ClipStore, channelId: string, room: Room): Promise<Room> {
  const clips = (await dueOf(parts, store, channelId, room)).map(({ clip }) => clip);
  return {
    bytes: clips.reduce((sum, { bytes }) => sum + bytes, 0),
    clips: clips.filter(({ isWhole }) => isWhole).length,
  };
}

/** Files of Cliptide's own naming that go into the store before their clip's video. */
const besideVideo = /\/([0-9a-f]{32})\.(?:jpg|json)$/;

/**
 * Removes what a channel's clips that never got their video have left, such as by a process that was killed between
 * two files. What is younger than ten minutes may be on its way, and what is pinned stays.
 */
export async function removeOrphans(
  { clock, logger }: BudgetParts,
  store: ClipStore,
  channelId: string,
): Promise<void> {
  for (const clip of await clipsOf(store, channelId)) {
    if (clip.isWhole || clip.isPinned || isJustMade(clip.storedAtMs, clock.now())) continue;
    const keys = clip.keys.filter((key) => besideVideo.test(key));
    for (const key of keys) {
      // A try of now may have found them there, and stored the rest since they were listed.
      if ((await store.stat(key.replace(/\.[^.]*$/, '.mp4'))) !== undefined) break;
      await store.delete(key, channelId);
    }
    if (keys.length > 0)
      logger.info('Removed files of a clip that was never stored', { clipId: clip.clipId, channelId });
  }
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
  const due = await dueOf(parts, store, channelId, room);
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
