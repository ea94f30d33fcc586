import type { TopicName } from '../../topology/topics.ts';
import type { Offsets } from '../ports/eventlog.ts';
import type { KeyedPartition } from './keyedpartition.ts';
import type { Output } from './stage.ts';

const everyMs = 10_000;
const everyRecords = 5_000;
/** So many times as long as it took nothing is written after a checkpoint that was due by its number of records. */
const restFactor = 9;

/**
 * Whether a checkpoint is due: ten seconds after the last one, or earlier after 5,000 records. Who catches up reads these
 * in no time, and would write the snapshots of all streams again and again: a tenth of the time is what they may take.
 */
export function isCheckpointDue(records: number, sinceMs: number, lastTookMs: number): boolean {
  return sinceMs >= everyMs || (records >= everyRecords && sinceMs >= restFactor * lastTookMs);
}

/** How a checkpoint is made durable: each step waits while the log is away, and rejects once the partition is lost. */
export interface CheckpointSteps {
  append(outputs: readonly Output[]): Promise<void>;
  /** Deletes records of the changelog by key. */
  forget(keys: readonly string[]): Promise<void>;
  commit(offsets: Offsets): Promise<void>;
}

/**
 * Steps 3 to 5 of the commit cycle (after quix-streams' `checkpointing/checkpoint.py`); 1 and 2, processing and
 * appending the outputs, come before. Each step is durable before the next begins, so that a crash between any two
 * leads to a replay that gives the same ids again, and never to a loss.
 */
export async function writeCheckpoint<S, T extends TopicName>(
  partition: KeyedPartition<S, T>,
  steps: CheckpointSteps,
): Promise<void> {
  const offsets = { ...partition.positions };
  // (3) The states that changed.
  await steps.append(partition.snapshots());
  // (4) The partition's record.
  await steps.append([partition.offsetsRecord()]);
  // (5) The commit.
  await steps.commit(offsets);
  // What earlier owners wrote goes only now: until (4) theirs is the newest record, which their snapshots belong to.
  await steps.forget(partition.takeOutdated());
}
