import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Topic } from './catalog.ts';
import type { Partition } from './partition.ts';
import type { EmbeddedStore } from './store.ts';

/** Records removed in one transaction; between two the event loop has its turn. */
const chunk = 5_000;
/** Pages given back to the disk in one step. */
const vacuumPages = 2_000;

/** Removes records older than their topic's retention; returns how many. */
export async function expire(topics: Iterable<Topic>, nowMs: number): Promise<number> {
  let removed = 0;
  for (const { declaration, partitions } of topics) {
    if (declaration.cleanup === 'compact' || declaration.retentionMs === undefined) continue;
    for (const partition of partitions) {
      const keepFrom = partition.offsetAt(nowMs - declaration.retentionMs);
      removed += await removeBelow(partition, keepFrom);
    }
  }
  return removed;
}

/** Removes the oldest records of all, whatever their topic, until the data is below `bytes`; returns how many. */
export async function squeeze(store: EmbeddedStore, topics: Iterable<Topic>, bytes: number): Promise<number> {
  const removable = [...topics].filter(({ declaration }) => declaration.cleanup === 'delete');
  const partitions = removable.flatMap((topic) => topic.partitions);
  let removed = 0;
  while (store.size().usedBytes > bytes) {
    const oldest = partitions.reduce<Partition | undefined>(older, undefined);
    if (oldest === undefined || oldest.start === oldest.next) break;
    // A part of it only: the rest of this partition may be newer than the beginning of another.
    const some = Math.min(chunk, Math.ceil((oldest.next - oldest.start) / 16));
    removed += await removeBelow(oldest, oldest.start + some);
  }
  return removed;
}

/** Gives free pages back to the disk, where there are more than a tenth of those in use. */
export async function shrink(store: EmbeddedStore): Promise<void> {
  for (let { usedBytes, freeBytes } = store.size(); freeBytes > usedBytes / 10; ) {
    store.db.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
    await nextTurn();
    const before = freeBytes;
    ({ usedBytes, freeBytes } = store.size());
    if (freeBytes >= before) break;
  }
  store.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Removes the records of a partition below an offset, as far as there are any; returns how many. */
export async function removeBelow(partition: Partition, below: number): Promise<number> {
  const before = partition.start;
  const offset = Math.max(before, Math.min(below, partition.next));
  while (partition.start < offset) {
    partition.removeBelow(Math.min(offset, partition.start + chunk));
    await nextTurn();
  }
  return offset - before;
}

function older(oldest: Partition | undefined, partition: Partition): Partition | undefined {
  const at = partition.oldestAtMs();
  if (at === undefined) return oldest;
  const oldestAt = oldest?.oldestAtMs();
  return oldestAt === undefined || at < oldestAt ? partition : oldest;
}
