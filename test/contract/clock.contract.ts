import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';

export interface ClockHarness {
  readonly clock: Clock;
  /** Lets this many milliseconds pass. */
  pass(ms: number): Promise<void>;
}

/** What every clock must do. */
export function clockContract(name: string, open: () => ClockHarness): void {
  describe(`clock: ${name}`, () => {
    // A machine's clock may be set in the middle of it, though not each time.
    it('goes on by as much as passes', { retry: 2 }, async () => {
      const { clock, pass } = open();
      const before = clock.now();
      await pass(20);
      expect(clock.now() - before).toBeGreaterThanOrEqual(19);
    });

    it('wakes sleepers in the order in which they are due, none too early', { retry: 2 }, async () => {
      const { clock, pass } = open();
      const before = clock.now();
      const woken: [string, number][] = [];
      const sleep = async (name: string, ms: number): Promise<void> => {
        await clock.sleep(ms);
        woken.push([name, clock.now() - before]);
      };
      const sleeps = [sleep('late', 40), sleep('early', 10)];
      await pass(60);
      await Promise.all(sleeps);
      expect(woken.map(([sleeper]) => sleeper)).toEqual(['early', 'late']);
      for (const [index, wanted] of [9, 39].entries()) expect(woken[index]?.[1]).toBeGreaterThanOrEqual(wanted);
    });

    it('ends a sleep that is aborted, before or meanwhile', async () => {
      const { clock } = open();
      await expect(clock.sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
      const stop = new AbortController();
      const sleeping = clock.sleep(60_000, stop.signal);
      stop.abort();
      await expect(sleeping).rejects.toMatchObject({ code: 'aborted' });
    });
  });
}
