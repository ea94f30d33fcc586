import type { TopicName } from '../../topology/topics.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { Assignment, EventLog } from '../ports/eventlog.ts';
import type { KeyedPartition } from './keyedpartition.ts';
import { toAppend } from './records.ts';
import type { Output } from './stage.ts';

/** When a checkpoint is due: whichever comes first. */
export const checkpointEveryMs = 10_000;
export const checkpointEveryRecords = 5_000;

/**
 * Steps 3 to 5 of the commit cycle (after quix-streams' `checkpointing/checkpoint.py`); 1 and 2, processing and
 * appending the outputs, come before. Each step is durable before the next begins, so that a crash between any two
 * leads to a replay that gives the same ids again, and never to a loss.
 */
export async function writeCheckpoint<S, T extends TopicName>(
  partition: KeyedPartition<S, T>,
  assignment: Assignment,
  log: EventLog,
  codec: SchemaCodec,
): Promise<void> {
  const append = async (outputs: readonly Output[]): Promise<void> => {
    assignment.lost.throwIfAborted();
    if (outputs.length > 0) await log.append(outputs.map((output) => toAppend(codec, output)));
  };
  // (3) The states that changed.
  await append(partition.snapshots());
  // (4) The partition's record.
  await append([partition.offsetsRecord()]);
  // (5) The commit.
  assignment.lost.throwIfAborted();
  await assignment.commit(partition.positions);
}
