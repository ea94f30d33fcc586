import type { Offsets } from '../../ports/eventlog.ts';
import type { EmbeddedStore } from './store.ts';

/** What each group committed, and the epochs of its assignments. */
export interface Commits {
  committed(group: string, partition: number): Offsets;
  /** Of all partitions. */
  all(group: string): readonly { readonly topic: string; readonly partition: number; readonly next: number }[];
  commit(group: string, partition: number, offsets: Offsets): void;
  /** A new epoch, greater than every one that this group's partition had, restarts included. */
  nextEpoch(group: string, partition: number): number;
}

export function openCommits(store: EmbeddedStore): Commits {
  const select = store.db.prepare('SELECT topic, next FROM commits WHERE consumers = ? AND partition = ?');
  const everything = store.db.prepare('SELECT topic, partition, next FROM commits WHERE consumers = ?');
  const upsert = store.db.prepare(
    'INSERT INTO commits VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next',
  );
  const epoch = store.db.prepare(
    'INSERT INTO epochs VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch',
  );
  return {
    committed: (group, partition) =>
      Object.fromEntries(select.all(group, partition).map((row) => [String(row.topic), Number(row.next)])),
    all: (group) =>
      everything.all(group).map(({ topic, partition, next }) => ({
        topic: String(topic),
        partition: Number(partition),
        next: Number(next),
      })),
    commit: (group, partition, offsets) =>
      store.transaction(() => {
        for (const [topic, next] of Object.entries(offsets)) upsert.run(group, topic, partition, next);
      }),
    nextEpoch: (group, partition) => Number(epoch.get(group, partition)?.epoch),
  };
}
