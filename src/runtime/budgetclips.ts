import { blocksOf, countless } from '../domain/budgets.ts';
import { fits, overBudget } from '../domain/quota.ts';
import { clipsScope, keepingScope } from '../domain/scopes.ts';
import type { ClipStore, LocalFile, PutOptions, StoredFile } from '../ports/clipstore.ts';
import { type ClipBudget, chargesOf, chargingOf, giveBack, type Room } from './budgetcharge.ts';
import { isVideo, keptOf } from './budgetkept.ts';
import { keepingRefusal } from './keeprefusal.ts';

/** A video with its poster and manifest, a block each. How large they get is not known before they are made. */
const leastClip: Room = { bytes: blocksOf(1) * 3, clips: 1 };

/**
 * A clip store that reserves its blocks in the quota ledger, the channel's own bytes and clips included, and looks at the
 * free space, before a file goes in. It is charged before it gets its name and given back by who removed it, so that
 * what is on the disk is never more than what is used and reserved; a process that dies in between has charged too much,
 * until the ledger is reconciled with the disk. `put` and `putAfter` reject with `budget` or `space`, and then nothing was
 * written; a file that is there already costs nothing.
 */
export function budgetedClips(store: ClipStore, budget: ClipBudget): ClipStore {
  return {
    stat: (key) => store.stat(key),
    open: (key) => store.open(key),
    list: (folder) => store.list(folder),
    ...(store.link === undefined ? {} : { link: store.link }),
    delete: (key, channelId) => remove(store, budget, key, channelId),
    mustHaveRoom: (channelId) => mustHaveRoom(store, budget, channelId),
    putAfter: (before, file, options = {}) => putAfter(store, budget, before, file, options),
    put: (key, path, options = {}) => putAfter(store, budget, [], { key, path }, options),
  };
}

async function putAfter(
  store: ClipStore,
  budget: ClipBudget,
  before: readonly LocalFile[],
  file: LocalFile,
  options: PutOptions,
): Promise<StoredFile> {
  const lacking: LocalFile[] = [];
  for (const one of before) if ((await store.stat(one.key)) === undefined) lacking.push(one);
  const there = await store.stat(file.key);
  if (there === undefined) return putCharged(store, budget, lacking, file, options);
  for (const one of lacking) await putCharged(store, budget, [], one, options);
  return there;
}

/** Looks, and reserves nothing: a guess of the clip's bytes would refuse clips that fit, and let others go for nothing. */
async function mustHaveRoom(store: ClipStore, budget: ClipBudget, channelId: string): Promise<void> {
  await budget.mustLeaveFree(leastClip.bytes);
  await setCaps(store, budget, channelId);
  const removable = await budget.removable(channelId, leastClip);
  const counted = keepingScope(channelId, 'clipCount');
  for (const { scope, amount } of chargesOf(channelId, leastClip)) {
    const usage = await budget.ledger.usage(scope);
    const back = scope === counted ? removable.clips : removable.bytes;
    if (fits(amount, { ...usage, used: Math.max(0, usage.used - back) })) continue;
    throw await keepingRefusal(overBudget(amount, usage), budget.limits);
  }
}

/** Files that are not there yet: they are reserved and charged together, and what was not stored of them is given back. */
async function putCharged(
  store: ClipStore,
  budget: ClipBudget,
  before: readonly LocalFile[],
  file: LocalFile,
  options: PutOptions,
): Promise<StoredFile> {
  const { channelId } = options;
  const rooms = new Map<LocalFile, Room>();
  for (const one of [...before, file]) rooms.set(one, await roomOf(budget, one));
  const room = sumOf([...rooms.values()]);
  await budget.mustLeaveFree(room.bytes);
  if (channelId !== undefined) await setCaps(store, budget, channelId);
  const charging = await chargingOf(budget, channelId, room, file.key);
  const kept: Room[] = [];
  const putOne = async (one: LocalFile): Promise<StoredFile> => {
    const ours = rooms.get(one) ?? nothing;
    try {
      const { stored, isOurs } = await putCounted(store, one, options, charging.charge);
      if (isOurs) kept.push(ours);
      return stored;
    } catch (error) {
      // Where the disk failed after it had its name it stays charged.
      if ((await store.stat(one.key)) !== undefined) kept.push(ours);
      throw error;
    }
  };
  try {
    for (const one of before) await putOne(one);
    return await putOne(file);
  } finally {
    await charging.end(sumOf(kept));
  }
}

const nothing: Room = { bytes: 0, clips: 0 };
const sumOf = (rooms: readonly Room[]): Room =>
  rooms.reduce((sum, one) => ({ bytes: sum.bytes + one.bytes, clips: sum.clips + one.clips }), nothing);

const roomOf = async ({ sizeOf }: ClipBudget, { key, path }: LocalFile): Promise<Room> => ({
  bytes: blocksOf(await sizeOf(path)),
  clips: isVideo(key) ? 1 : 0,
});

/** Charges when the file is about to get its name; says whether it was this call that gave it. */
async function putCounted(
  store: ClipStore,
  { key, path }: LocalFile,
  options: PutOptions,
  charge: () => Promise<void>,
): Promise<{ readonly stored: StoredFile; readonly isOurs: boolean }> {
  let isOurs = false;
  const landing = async (): Promise<void> => {
    await options.landing?.();
    await charge();
    isOurs = true;
  };
  const taken = async (): Promise<void> => {
    isOurs = false;
  };
  return { stored: await store.put(key, path, { ...options, landing, taken }), isOurs };
}

/** A scope that the ledger has not heard of may be new, or the ledger: then the store says what is used. */
async function setCaps(store: ClipStore, { ledger, limits }: ClipBudget, channelId: string): Promise<void> {
  const { clipBytes, clipCount } = await limits(channelId);
  const caps = { clipBytes: clipBytes ?? (await ledger.usage(clipsScope)).cap, clipCount: clipCount ?? countless };
  for (const what of ['clipBytes', 'clipCount'] as const) {
    const scope = keepingScope(channelId, what);
    const { generation } = await ledger.usage(scope);
    const kept = generation > 0 ? 0 : await keptOf(store, scope);
    if (kept !== undefined && kept > 0) await ledger.reconcile(scope, kept);
    await ledger.setCap(scope, caps[what]);
  }
}

async function remove(store: ClipStore, { ledger }: ClipBudget, key: string, channelId?: string): Promise<boolean> {
  const there = await store.stat(key);
  const isGone = await store.delete(key, channelId);
  if (isGone && there !== undefined) {
    await giveBack(ledger, chargesOf(channelId, { bytes: blocksOf(there.bytes), clips: isVideo(key) ? 1 : 0 }));
  }
  return isGone;
}
