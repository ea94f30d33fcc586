import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { CutProgress } from '../../../src/cli/recording/cutprogress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function shownOn() {
  const shown: string[] = [];
  const terminal = {
    interactive: false,
    line: () => undefined,
    progress: (lines: readonly string[]) => void shown.push(...lines),
    end: () => undefined,
  };
  return { shown, terminal, metrics: memoryMetrics() };
}

it('a person sees that a slow origin still sends, and how many clips are done', () => {
  const { shown, ...means } = shownOn();
  const fetched = (bytes: number): void => means.metrics.add('cliptide_fetched_bytes_total', bytes, { what: 'media' });
  const progress = new CutProgress(means, { moments: 1, clips: 2 });
  fetched(1_500_000);
  vi.advanceTimersByTime(1_000);
  // Nothing new is nothing to say.
  vi.advanceTimersByTime(5_000);
  progress.clip('1-source.mp4');
  fetched(1_500_000);
  vi.advanceTimersByTime(1_000);
  progress[Symbol.dispose]();
  fetched(1_500_000);
  vi.advanceTimersByTime(5_000);
  expect(shown).toEqual([
    'cutting 1 moment',
    'cutting 1 moment (fetched 1.5 MB)',
    '1 of 2 clips: 1-source.mp4 (fetched 1.5 MB)',
    '1 of 2 clips: 1-source.mp4 (fetched 3.0 MB)',
  ]);
});

it('of a file nothing is fetched, and nothing is said of it', () => {
  const { shown, ...means } = shownOn();
  const progress = new CutProgress(means, { moments: 2, clips: 2 });
  progress.clip('1-source.mp4');
  vi.advanceTimersByTime(5_000);
  progress[Symbol.dispose]();
  expect(shown).toEqual(['cutting 2 moments', '1 of 2 clips: 1-source.mp4']);
});
