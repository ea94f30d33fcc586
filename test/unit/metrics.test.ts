import { expect, it } from 'vitest';
import { memoryMetrics } from '../../src/adapters/embedded/metrics.ts';

it('adds counters and sets gauges, apart by name and labels, whatever the order of the labels', () => {
  const metrics = memoryMetrics();
  metrics.add('read', 2, { stage: 'score', partition: '1' });
  metrics.add('read', 3, { partition: '1', stage: 'score' });
  metrics.add('read', 7);
  metrics.set('lag', 9);
  metrics.set('lag', 4);
  expect(metrics.value('read', { stage: 'score', partition: '1' })).toBe(5);
  expect(metrics.value('read')).toBe(7);
  expect(metrics.value('lag')).toBe(4);
  expect(metrics.value('never')).toBe(0);
});
