import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Feed } from '../../../src/adapters/kafka/feed.ts';
import type { LogRecord } from '../../../src/ports/eventlog.ts';

test('a new leader, whose high watermark lies behind what was read before, is waited for', () => {
  const feed = new Feed({ topic: 'a', wire: 'eu.a', topicId: undefined, partition: 0, compacted: false });
  feed.seek(937);
  expect(feed.deposit(937, { partition: 0, highWatermark: '0', messages: [] })).toBe(false);
  expect(feed.failure).toBeUndefined();
  expect(feed.isWanted).toBe(true);
  expect(feed.next).toBe(937);
});

test('what was taken is let go, also while more comes in than is taken, as in a burst', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const feed = new Feed({ topic: 'a', wire: 'eu.a', topicId: undefined, partition: 0, compacted: false });
  feed.seek(0);
  const taken: WeakRef<LogRecord>[] = [];
  const takeIn = (offset: number): void => {
    const message = { timestamp: '0', key: null, value: Buffer.alloc(100), headers: {}, isControlRecord: false };
    const messages = [0, 1].map((n) => ({ ...message, offset: String(offset + n) }));
    feed.deposit(offset, { partition: 0, highWatermark: '1000', messages });
    const records: LogRecord[] = [];
    feed.drain(records, offset < 10 ? 1 : 2);
    for (const record of records) taken.push(new WeakRef(record));
  };
  for (let offset = 0; offset < 200; offset += 2) takeIn(offset);
  // A weak reference holds for the rest of its turn.
  await new Promise(setImmediate);
  collectGarbage();
  expect(feed.size).toBe(5);
  expect(taken.filter((record) => record.deref() !== undefined).length).toBeLessThan(10);
});
