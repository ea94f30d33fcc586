import { stat } from 'node:fs/promises';
import { mustLeaveFree } from '../../adapters/embedded/freespace.ts';
import type { Config } from '../../config/config.ts';
import { blocksOf, boundless, type ScopeCaps, sharesOf } from '../../domain/budgets.ts';
import { eventsFolder } from '../../domain/ids.ts';
import { channelPrefix, clipsScope, eventsScope, nodeScopes, parseChannelScope } from '../../domain/scopes.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { budgetedClips } from '../../runtime/budgetclips.ts';
import { keptOf } from '../../runtime/budgetkept.ts';
import { LimitsTable } from '../../runtime/budgetlimits.ts';
import type { BudgetParts } from '../../runtime/budgetrecord.ts';
import { keepWithin, removableFor, removeOrphans } from '../../runtime/budgetretention.ts';
import { isPast, spentOf } from '../../runtime/budgetspent.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Reconciler } from '../../runtime/reconciler.ts';
import { clipsFolder, openStore } from './clipstore.ts';
import { clipBytesIn } from './measured.ts';

/** What keeps the budgets of a node: the ledger, the records of what was spent, and what the channels may. */
export function budgetParts(
  config: Pick<Config, 'budget'>,
  ledger: QuotaLedger,
  deps: RuntimeDependencies,
): BudgetParts {
  const table = new LimitsTable(deps, config.budget);
  return { ...deps, ledger, limits: (channelId) => table.of(channelId) };
}

/** The caps that a node with this configuration gives its scopes. */
export function scopeCaps({ data, clips, tail }: Config): ScopeCaps {
  const shares = sharesOf(data.capBytes, data.cacheCapBytes);
  return { ...shares, clips: clips.s3 === undefined ? shares.clips : null, tail: tail.capBytes };
}

/** Bytes that are reserved on the disk of the data folder, and may not be written yet. */
export async function reservedBytes(ledger: QuotaLedger, nodeId: string): Promise<number> {
  const { cache, work } = nodeScopes(nodeId);
  const all = await Promise.all([cache, work, clipsScope, eventsScope].map((scope) => ledger.usage(scope)));
  return all.reduce((sum, { reserved }) => sum + reserved, 0);
}

export interface ClipsPlace {
  readonly config: Config;
  readonly folder: string;
  /** Lets cached media of the data folder go, which can be fetched again; resolves with the bytes that became free. */
  readonly evict?: (bytes: number) => Promise<number>;
}

/** The clip store under its budgets; what the disk holds at the start, kept events aside, is what is used. */
export async function openClips(
  place: ClipsPlace,
  parts: BudgetParts,
  reconciler: Reconciler,
  lifecycle: Lifecycle,
): Promise<ClipStore> {
  const { ledger } = parts;
  const store = await openStore(place.config, place.folder, 'write');
  const disk = diskOf(place, parts);
  await ledger.setCap(clipsScope, disk.capBytes);
  reconciler.register({ covers: (scope) => scope === clipsScope, measure: disk.usedBytes });
  measureEvents(reconciler, store);
  measureChannels(reconciler, parts, store);
  await reconciler.begin(clipsScope);
  for (const { scope } of await ledger.scopes(channelPrefix)) await reconciler.begin(scope);
  const clips: ClipStore = budgetedClips(store, {
    ledger,
    limits: parts.limits,
    sizeOf: async (path) => (await stat(path)).size,
    mustLeaveFree: disk.mustLeaveFree,
    makeRoom: (channelId, room) => keepWithin(parts, clips, channelId, room),
    removable: (channelId, room) => removableFor(parts, clips, channelId, room),
  });
  await lifecycle.start('retention of clips', () => sweep(parts, clips));
  return clips;
}

interface ClipsDisk {
  readonly capBytes: number;
  readonly usedBytes: () => Promise<number>;
  readonly mustLeaveFree: (bytes: number) => Promise<void>;
}

/** The disk that the clips lie on. A bucket has none: there only the channels' budgets hold. */
function diskOf({ config, folder: dataFolder, evict }: ClipsPlace, { ledger, nodeId }: BudgetParts): ClipsDisk {
  if (config.clips.s3 !== undefined) {
    return { capBytes: boundless, usedBytes: async () => 0, mustLeaveFree: async () => undefined };
  }
  const { capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  const folder = clipsFolder(config, dataFolder);
  const makeRoom = async (bytes: number): Promise<number> =>
    evict !== undefined && (await isOneDisk(folder, dataFolder)) ? evict(bytes) : 0;
  const floor = { folder, floorBytes, reserved: () => reservedBytes(ledger, nodeId), makeRoom };
  return {
    capBytes: sharesOf(capBytes, cacheCapBytes).clips,
    usedBytes: () => clipBytesIn(folder),
    mustLeaveFree: (bytes) => mustLeaveFree(floor, bytes),
  };
}

async function isOneDisk(...folders: readonly string[]): Promise<boolean> {
  const disks = await Promise.all(folders.map(async (folder) => (await stat(folder)).dev));
  return new Set(disks).size === 1;
}

/** What is used of the scope of kept events the store says. */
export function measureEvents(reconciler: Reconciler, store: ClipStore): void {
  const bytes = async (): Promise<number> =>
    (await store.list(eventsFolder)).reduce((sum, file) => sum + blocksOf(file.bytes), 0);
  reconciler.register({ covers: (scope) => scope === eventsScope, measure: bytes });
}

/** What is used of a channel's scope the clip store says, or the records of what was spent. */
function measureChannels(reconciler: Reconciler, parts: BudgetParts, store: ClipStore): void {
  reconciler.register({
    covers: (scope) => parseChannelScope(scope) !== undefined,
    measure: async (scope) => (await keptOf(store, scope)) ?? (await spentOf(parts, scope)) ?? 0,
  });
}

const sweepEveryMs = 10 * 60_000;

/**
 * At the start and every ten minutes: clips that are too old or too many go, and so do what clips left that were never
 * stored, and the scopes of hours and days that are over.
 */
function sweep(parts: BudgetParts, clips: ClipStore) {
  const stopped = new AbortController();
  const done = (async () => {
    while (!stopped.signal.aborted) {
      await sweepOnce(parts, clips).catch((error: unknown) =>
        parts.logger.warn('Retention of clips failed', { error: String(error) }),
      );
      await parts.clock.sleep(sweepEveryMs, stopped.signal).catch(() => undefined);
    }
  })();
  const stop = async (): Promise<void> => {
    stopped.abort();
    await done;
  };
  return { value: undefined, stop };
}

/** Exported for those who do not want to wait. */
export async function sweepOnce(parts: BudgetParts, clips: ClipStore): Promise<void> {
  const { ledger, clock } = parts;
  for (const { scope } of await ledger.scopes(channelPrefix)) {
    const named = parseChannelScope(scope);
    if (named?.what === 'clipBytes') {
      await removeOrphans(parts, clips, named.channelId);
      await keepWithin(parts, clips, named.channelId);
    }
    if (isPast(scope, clock.now())) await ledger.remove(scope);
  }
}
