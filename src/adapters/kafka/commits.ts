import type { Offsets } from '../../ports/eventlog.ts';
import { madeAnew } from './failures.ts';
import type { TopicOffsets } from './internals.ts';
import type { Names } from './names.ts';
import type { Topics } from './topics.ts';

/** A commit of one partition. The note beside each offset, the topic's id, tells later whether it was made anew since. */
export function toCommit(offsets: Offsets, partition: number, names: Names, topics: Topics): readonly TopicOffsets[] {
  return Object.entries(offsets).map(([topic, offset]) => ({
    topic: names.wire(topic),
    partitions: [{ partition, offset: String(offset), metadata: topics.id(topic) ?? null }],
  }));
}

/** What was committed of one partition. Throws `offset-range` where it was another topic of that name. */
export function ofCommit(committed: readonly TopicOffsets[], names: Names, topics: Topics): Offsets {
  const found = committed.flatMap(({ topic: wire, partitions: [at] }) => {
    if (at === undefined || Number(at.offset) < 0) return [];
    const topic = names.own(wire);
    const id = topics.id(topic);
    if (at.metadata && id !== undefined && at.metadata !== id) throw madeAnew(`${wire}, partition ${at.partition}`);
    return [[topic, Number(at.offset)] as const];
  });
  return Object.fromEntries(found);
}
