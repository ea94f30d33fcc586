import { blocksOf, type ChannelLimits, countless } from '../domain/budgets.ts';
import { CliptideError, toCliptideError } from '../domain/errors.ts';
import { clipsScope, keepingScope } from '../domain/scopes.ts';
import type { ClipStore, PutOptions, StoredFile } from '../ports/clipstore.ts';
import type { QuotaLedger } from '../ports/ledger.ts';
import { isVideo, keptOf } from './budgetkept.ts';
import { held } from './budgetlease.ts';
import { reserveAll } from './reserveall.ts';

export interface ClipBudget {
  readonly ledger: QuotaLedger;
  readonly limits: (channelId: string) => Promise<ChannelLimits>;
  /** Bytes of a local file. */
  readonly sizeOf: (path: string) => Promise<number>;
  /** Rejects with `space` where the disk has no room for so many bytes. */
  readonly mustLeaveFree: (bytes: number) => Promise<void>;
  /** Makes room among a channel's own clips; says whether it removed something. */
  readonly makeRoom: (channelId: string, room: Room) => Promise<boolean>;
}

/** What is about to be stored. */
export interface Room {
  /** In blocks. */
  readonly bytes: number;
  readonly clips: number;
}

interface Charge {
  readonly scope: string;
  readonly amount: number;
}

const ttlMs = 60_000;

/**
 * A clip store that reserves its blocks in the quota ledger, the channel's own bytes and clips included, and looks at the
 * free space, before a file goes in. It is charged before it gets its name and given back by who removed it, so that
 * what is on the disk is never more than what is used and reserved; a process that dies in between has charged too much,
 * until the ledger is reconciled with the disk. `put` rejects with `budget` or `space`, and then nothing was written; a
 * file that is there already costs nothing.
 */
export function budgetedClips(store: ClipStore, budget: ClipBudget): ClipStore {
  return {
    stat: (key) => store.stat(key),
    open: (key) => store.open(key),
    list: (folder) => store.list(folder),
    ...(store.link === undefined ? {} : { link: store.link }),
    delete: (key, channelId) => remove(store, budget, key, channelId),
    put: async (key, path, options = {}) => (await store.stat(key)) ?? putCharged(store, budget, key, path, options),
  };
}

async function putCharged(
  store: ClipStore,
  budget: ClipBudget,
  key: string,
  path: string,
  options: PutOptions,
): Promise<StoredFile> {
  const { channelId } = options;
  const room = { bytes: blocksOf(await budget.sizeOf(path)), clips: isVideo(key) ? 1 : 0 };
  await budget.mustLeaveFree(room.bytes);
  if (channelId !== undefined) await setCaps(store, budget, channelId);
  const charges = chargesOf(channelId, room);
  const requests = charges.map((charge) => ({ ...charge, holder: key, ttlMs }));
  const reserved = await fitting(budget, channelId, room, () => reserveAll(budget.ledger, requests));
  const holding = reserved.map((one) => held(budget.ledger, one, ttlMs));
  const charged: Charge[] = [];
  const landing = async (): Promise<void> => {
    await options.landing?.();
    for (const [index, charge] of charges.entries()) {
      await holding[index]?.commit(charge.amount).catch(ended);
      charged.push(charge);
    }
  };
  const taken = (): Promise<void> => giveBack(budget.ledger, charged);
  try {
    return await store.put(key, path, { ...options, landing, taken });
  } catch (error) {
    // Where the disk failed after it had its name it stays charged.
    if (charged.length > 0 && (await store.stat(key)) === undefined) await giveBack(budget.ledger, charged);
    throw error;
  } finally {
    for (const one of holding) await one.release();
  }
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

/** Not for good: whoever slept through its lease may store the clip at the next try. */
function ended(error: unknown): never {
  const known = toCliptideError(error);
  if (known.code !== 'fenced') throw known;
  const message = 'the reservation for this clip ended before it was stored';
  throw new CliptideError('unavailable', message, { where: known.where ?? clipsScope, cause: known });
}

/** Reserves; as long as a channel's own older clips make room, again. */
async function fitting<R>(
  { makeRoom }: ClipBudget,
  channelId: string | undefined,
  room: Room,
  reserve: () => Promise<R>,
): Promise<R> {
  while (true) {
    try {
      return await reserve();
    } catch (error) {
      const isFull = error instanceof CliptideError && error.code === 'budget';
      if (!isFull || channelId === undefined || !(await makeRoom(channelId, room))) throw error;
    }
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

function chargesOf(channelId: string | undefined, { bytes, clips }: Room): readonly Charge[] {
  const whole = { scope: clipsScope, amount: bytes };
  if (channelId === undefined) return [whole];
  const own = { scope: keepingScope(channelId, 'clipBytes'), amount: bytes };
  const count = { scope: keepingScope(channelId, 'clipCount'), amount: clips };
  return clips === 0 ? [own, whole] : [own, count, whole];
}

async function giveBack(ledger: QuotaLedger, charges: readonly Charge[]): Promise<void> {
  for (const { scope, amount } of charges) await ledger.refund(scope, amount);
}
