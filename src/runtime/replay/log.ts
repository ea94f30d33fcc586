import { map } from 'rxjs';
import type { Assignment, Consumer, ConsumerSpec, EventLog, LogRecord, PollOptions } from '../../ports/eventlog.ts';

const topic = 'live.analytics';

export interface ReplayOptions {
  /** The broadcast's live events in log order. */
  readonly events: AsyncIterable<readonly LogRecord[]>;
  /** Resolves when what comes out of them has been taken; the next batch waits for it. */
  readonly room: () => Promise<void>;
  /** Told of how many events have been handed out. */
  readonly onRead: (events: number) => void;
}

export interface ReplayLog extends EventLog {
  /** Resolves when every event was handed out and the stage has come back for more. */
  readonly allRead: Promise<void>;
}

/**
 * A log for the replay of one broadcast in stages that know nothing of it: `live.analytics` comes from elsewhere, each
 * record with the partition and the offset that it had, and is not copied into the log; every other topic is the log's.
 * A replay that breaks off begins anew, so that states need no changelog: what is written there is let go.
 */
export function replayLog(log: EventLog, options: ReplayOptions): ReplayLog {
  const { promise: allRead, resolve } = Promise.withResolvers<void>();
  const events = options.events[Symbol.asyncIterator]();
  const take = async (): Promise<readonly LogRecord[]> => {
    await options.room();
    const { value, done } = await events.next();
    if (done === true) {
      resolve();
      return [];
    }
    options.onRead(value.length);
    return value;
  };
  return {
    allRead,
    declare: (topics) => log.declare(topics),
    partitions: (name) => log.partitions(name),
    topicId: () => undefined,
    partitionOf: (name, key) => log.partitionOf(name, key),
    append: async (records) => {
      const kept = records.filter((record) => !record.topic.endsWith('.changelog'));
      const offsets = kept.length === 0 ? [] : [...(await log.append(kept))];
      return records.map((record) => (kept.includes(record) ? (offsets.shift() ?? 0) : 0));
    },
    bounds: (name, partition) => log.bounds(name, partition),
    boundsOf: (places) => log.boundsOf(places),
    committedBy: (group, names) => log.committedBy(group, names),
    offsetAt: (name, partition, timeMs) => log.offsetAt(name, partition, timeMs),
    read: (name, partition, from, most) => log.read(name, partition, from, most),
    trim: (name, partition, before) => log.trim(name, partition, before),
    consumer: (spec) => (spec.topics.includes(topic) ? replayed(log.consumer(spec), spec, take) : log.consumer(spec)),
    close: () => log.close(),
  };
}

/** A consumer of `live.analytics` whose events come from the replay; settings and the like come first. */
function replayed(consumer: Consumer, spec: ConsumerSpec, take: () => Promise<readonly LogRecord[]>): Consumer {
  const rest = spec.topics.filter((name) => name !== topic);
  return {
    get hasJoined() {
      return consumer.hasJoined;
    },
    assignments: consumer.assignments.pipe(map((assignment) => replayedAssignment(assignment, rest, take))),
    stop: () => consumer.stop(),
  };
}

function replayedAssignment(
  assignment: Assignment,
  rest: readonly string[],
  take: () => Promise<readonly LogRecord[]>,
): Assignment {
  let isOver = false;
  return {
    partition: assignment.partition,
    epoch: assignment.epoch,
    lost: assignment.lost,
    committed: () => assignment.committed(),
    // There is one pass over the events, from their beginning.
    seek: (name, offset) => (name === topic ? undefined : assignment.seek(name, offset)),
    commit: async (offsets) => {
      const { [topic]: _, ...others } = offsets;
      await assignment.commit(others);
    },
    poll: async (options: PollOptions) => {
      const others = await assignment.poll({ ...options, topics: rest, waitMs: isOver ? options.waitMs : 0 });
      if (others.length > 0 || isOver) return others;
      const events = await take();
      isOver = events.length === 0;
      return events;
    },
  };
}
