import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import { mustLeaveFree } from '../../adapters/embedded/freespace.ts';
import type { Config } from '../../config/config.ts';
import { blocksOf } from '../../domain/budgets.ts';
import { eventsFolder } from '../../domain/ids.ts';
import { channelPrefix, clipsScope, eventsScope, nodeScopes, parseChannelScope } from '../../domain/scopes.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { budgetedClips } from '../../runtime/budgetclips.ts';
import { keptOf } from '../../runtime/budgetkept.ts';
import { LimitsTable } from '../../runtime/budgetlimits.ts';
import type { BudgetParts } from '../../runtime/budgetrecord.ts';
import { keepWithin } from '../../runtime/budgetretention.ts';
import { isPast, spentOf } from '../../runtime/budgetspent.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';

/** What keeps the budgets of a node: the ledger, the records of what was spent, and what the channels may. */
export function budgetParts(
  config: Pick<Config, 'budget'>,
  ledger: QuotaLedger,
  deps: RuntimeDependencies,
): BudgetParts {
  const table = new LimitsTable(deps, config.budget);
  return { ...deps, ledger, limits: (channelId) => table.of(channelId) };
}

/** Bytes that are reserved on the disk of the data folder, and may not be written yet. */
export async function reservedBytes(ledger: QuotaLedger, nodeId: string): Promise<number> {
  const { cache, work } = nodeScopes(nodeId);
  const all = await Promise.all([cache, work, clipsScope, eventsScope].map((scope) => ledger.usage(scope)));
  return all.reduce((sum, { reserved }) => sum + reserved, 0);
}

/** The clip store under its budgets; what the disk holds at the start, kept events aside, is what is used. */
export async function openClips(
  folder: string,
  parts: BudgetParts,
  floorBytes: number,
  lifecycle: Lifecycle,
): Promise<ClipStore> {
  const { ledger, nodeId } = parts;
  const store = await openClipStore(folder);
  await ledger.reconcile(clipsScope, await clipBytesIn(folder));
  for (const { scope } of await ledger.scopes(channelPrefix)) {
    const kept = await keptOf(store, scope);
    if (kept !== undefined) await ledger.reconcile(scope, kept);
  }
  const floor = { folder, floorBytes, reserved: () => reservedBytes(ledger, nodeId) };
  const clips: ClipStore = budgetedClips(store, {
    ledger,
    limits: parts.limits,
    mustLeaveFree: (bytes) => mustLeaveFree(floor, bytes),
    makeRoom: (channelId, room) => keepWithin(parts, clips, channelId, room),
  });
  await lifecycle.start('retention of clips', () => sweep(parts, clips));
  return clips;
}

/** Blocks of the stored clips, those of versions before included. */
export async function clipBytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = join(folder, eventsFolder);
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath !== kept);
  const sizes = await Promise.all(files.map((entry) => stat(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size }) => sum + blocksOf(size), 0);
}

/**
 * What is used of a channel's scope, by the clip store or by the records of what was spent, for who rebuilds a ledger
 * that was lost; undefined for a scope that is no channel's.
 */
export async function usedOf(parts: BudgetParts, store: ClipStore, scope: string): Promise<number | undefined> {
  return (await keptOf(store, scope)) ?? (await spentOf(parts, scope));
}

const sweepEveryMs = 10 * 60_000;

/** Every ten minutes: clips that are too old or too many go, and so do the scopes of hours and days that are over. */
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
    if (named?.what === 'clipBytes') await keepWithin(parts, clips, named.channelId);
    if (isPast(scope, clock.now())) await ledger.remove(scope);
  }
}
