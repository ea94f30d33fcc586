import type { Clock } from '../../../src/ports/clock.ts';

/** Time that passes only when the test says so; sleepers wake in order. */
export interface VirtualTime extends Clock {
  pass(ms: number): Promise<void>;
}

export function virtualTime(): VirtualTime {
  let now = 1_000_000;
  let sleepers: { atMs: number; wake: () => void }[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    sleep: (ms) => new Promise((wake) => sleepers.push({ atMs: now + ms, wake })),
    pass: async (ms) => {
      const end = now + ms;
      await settle();
      for (;;) {
        const [first] = sleepers.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs);
        if (first === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== first);
        now = first.atMs;
        first.wake();
        await settle();
      }
      now = end;
    },
  };
}
