import { expect, test } from 'vitest';
import { Feed } from '../../../src/adapters/kafka/feed.ts';

test('a new leader, whose high watermark lies behind what was read before, is waited for', () => {
  const feed = new Feed({ topic: 'a', wire: 'eu.a', topicId: undefined, partition: 0, compacted: false });
  feed.seek(937);
  expect(feed.deposit(937, { partition: 0, highWatermark: '0', messages: [] })).toBe(false);
  expect(feed.failure).toBeUndefined();
  expect(feed.isWanted).toBe(true);
  expect(feed.next).toBe(937);
});
