import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines } from '../../../src/adapters/fetch/http/deadlines.ts';
import { fetchLimits } from '../../../src/adapters/fetch/http/limits.ts';
import { Pace } from '../../../src/adapters/fetch/http/pace.ts';

const limits = { ...fetchLimits, stallMs: 10_000, stallBytes: 10_240, wholeMs: 600_000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A body that waits so many milliseconds for each chunk, and whose reader then takes its time; the reason of its end. */
function paced(chunks: readonly { readonly afterMs: number; readonly bytes: number; readonly readMs?: number }[]) {
  const deadlines = new Deadlines('/a.ts', limits.wholeMs, undefined);
  const ended: string[] = [];
  deadlines.watch({ destroy: (reason) => void ended.push(reason.message) });
  const pace = new Pace(limits, deadlines);
  for (const { afterMs, bytes, readMs = 0 } of chunks) {
    pace.wait();
    vi.advanceTimersByTime(afterMs);
    pace.came(bytes);
    vi.advanceTimersByTime(readMs);
  }
  deadlines.clear();
  return ended;
}

it('a body is ended that brings less than its bytes in its time, whatever chunks they come in', () => {
  const drip = Array.from({ length: 12 }, () => ({ afterMs: 900, bytes: 90 }));
  expect(paced(drip)).toEqual(['Waited 10000 ms for the next 10240 bytes of /a.ts']);
  expect(paced([{ afterMs: 10_001, bytes: 1_000_000 }])).toHaveLength(1);
});

it('a body is not ended that brings them, however slowly, for as long as the whole may take', () => {
  const slow = Array.from({ length: 60 }, () => ({ afterMs: 4_500, bytes: 5_120 }));
  expect(paced(slow)).toEqual([]);
});

it('what its reader takes does not count against it', () => {
  const heldUp = Array.from({ length: 9 }, () => ({ afterMs: 1_000, bytes: 90, readMs: 60_000 }));
  expect(paced(heldUp)).toEqual([]);
  expect(paced([...heldUp, { afterMs: 1_100, bytes: 90 }])).toHaveLength(1);
});
