import { expect, it } from 'vitest';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { againAndAgain, beside } from '../../../src/runtime/beside.ts';
import { StageProgress } from '../../../src/runtime/progress.ts';
import { quiet } from '../../support/mediacaches.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

it('goes on beside a worker for the partitions that it has by then, and ends before it', async () => {
  const order: string[] = [];
  const progress = new StageProgress({ name: 'render', inputs: ['render.tasks'] }, memoryMetrics(), () => true);
  const stop = async (): Promise<void> => {
    order.push('worker');
  };
  let seen: (() => ReadonlySet<number>) | undefined;
  const run = async (partitions: () => ReadonlySet<number>, signal: AbortSignal): Promise<void> => {
    seen = partitions;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)));
    order.push('companion');
  };
  const both = beside({ progress: [progress], done: Promise.resolve(), stop }, { run });
  expect(seen?.()).toEqual(new Set());
  progress.begin(3);
  expect(seen?.()).toEqual(new Set([3]));
  await both.stop();
  expect(order).toEqual(['companion', 'worker']);
});

it('tries again a second after a failure, which it tells', async () => {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  const logger = { ...quiet, warn: (message: string, fields?: object) => told.push({ message, ...fields }) };
  const stopping = new AbortController();
  let steps = 0;
  const step = async (): Promise<void> => {
    steps += 1;
    if (steps === 1) throw new Error('the log is away');
  };
  const running = againAndAgain({ clock, logger }, 'Not kept for now', step, stopping.signal);
  await clock.advance(999);
  expect(steps).toBe(1);
  await clock.advance(1);
  expect(steps).toBe(2);
  stopping.abort();
  await running;
  expect(told).toMatchObject([{ message: 'Not kept for now', reason: 'the log is away' }]);
});
