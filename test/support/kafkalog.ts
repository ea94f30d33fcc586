import { randomUUID } from 'node:crypto';
import { KafkaEventLog } from '../../src/adapters/kafka/eventlog.ts';
import type { LogRecord } from '../../src/ports/eventlog.ts';
import type { EventLogHarness } from '../contract/eventlog/harness.ts';
import { quiet } from './mediacaches.ts';

/** Rolls a segment with every append, and cleans as soon as there is something to clean. */
const eagerCompaction = { 'segment.ms': '1', 'min.cleanable.dirty.ratio': '0.001', 'min.compaction.lag.ms': '0' };

/** A log of its own in a real Kafka: topics and groups under a new prefix. */
export async function kafkaLog(brokers: readonly string[], prefix = `test-${randomUUID().slice(0, 8)}.`) {
  const connection = { brokers, clientId: 'cliptide-test' };
  const options = { connection, prefix, nodeId: 'node-1', mayCreateTopics: true, logger: quiet };
  return KafkaEventLog.open({ ...options, compactedTopics: eagerCompaction });
}

/** `kafkaLog` as the event log's contract wants it. */
export async function kafkaLogHarness(brokers: readonly string[]): Promise<EventLogHarness> {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  let log = await kafkaLog(brokers, prefix);
  return {
    get log() {
      return log;
    },
    reopen: async () => {
      await log.close();
      log = await kafkaLog(brokers, prefix);
      await log
        .declare([{ name: 'a', partitions: 4, cleanup: 'delete', retentionMs: 3_600_000 }])
        .catch(() => undefined);
    },
    passTime: () => new Promise((resolve) => setTimeout(resolve, 5)),
    expire: async (topic) => {
      for (let partition = 0; partition < log.partitions(topic); partition++) {
        await log.trim(topic, partition, (await log.bounds(topic, partition)).end);
      }
    },
    compact: (topic) => compacted(log, topic),
    close: () => log.close(),
  };
}

/** The broker compacts in its own time, all but the newest segment. */
async function compacted(log: KafkaEventLog, topic: string): Promise<void> {
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    for (;;) {
      const keys = (await everything(log, topic, partition)).map(({ key }) => key);
      if (new Set(keys).size === keys.length) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function everything(log: KafkaEventLog, topic: string, partition: number): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const { start, end } = await log.bounds(topic, partition);
  for (let from = start; from < end; ) {
    const read = await log.read(topic, partition, from, 1_000);
    if (read.length === 0) break;
    records.push(...read);
    from = (read.at(-1)?.offset ?? from) + 1;
  }
  return records;
}
