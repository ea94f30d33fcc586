import { expect, test, vi } from 'vitest';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { countedFetcher } from '../../../src/adapters/fetch/http/counted.ts';
import type { FetchedBody, Fetcher } from '../../../src/ports/fetcher.ts';

async function* arriving(sizes: readonly number[], thenFails: boolean): AsyncIterable<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
  if (thenFails) throw new Error('cut off');
}

/** A fetcher whose bodies have these chunks. */
function fetcherOf(sizes: readonly number[], thenFails = false): Fetcher {
  const body: FetchedBody = {
    url: 'u',
    contentType: '',
    length: undefined,
    skipped: 0,
    chunks: arriving(sizes, thenFails),
  };
  return {
    get: (_request, consume) => consume(body),
    text: async (_request, known) =>
      known === undefined ? { url: 'u', text: '#EXTM3Ü', validators: {} } : 'unchanged',
  };
}

const request = { url: 'u', maxBytes: 100 };
const readAll = async (body: FetchedBody): Promise<number> => {
  let bytes = 0;
  for await (const chunk of body.chunks) bytes += chunk.length;
  return bytes;
};

test('every byte of media that arrives is counted, also of a body that is cut off, or that nobody reads to its end', async () => {
  const metrics = memoryMetrics();
  const media = () => metrics.value('cliptide_fetched_bytes_total', { what: 'media' });
  expect(await countedFetcher(fetcherOf([3, 4]), metrics).get(request, readAll)).toBe(7);
  expect(media()).toBe(7);
  await expect(countedFetcher(fetcherOf([5], true), metrics).get(request, readAll)).rejects.toThrow('cut off');
  expect(media()).toBe(12);
  await countedFetcher(fetcherOf([2, 2]), metrics).get(request, async ({ chunks }) => {
    for await (const _ of chunks) break;
  });
  expect(media()).toBe(14);
});

test('of a body that takes its time, what came is counted every second, and each byte once', async () => {
  vi.useFakeTimers();
  try {
    const metrics = memoryMetrics();
    const media = () => metrics.value('cliptide_fetched_bytes_total', { what: 'media' });
    const seen: number[] = [];
    await countedFetcher(fetcherOf([3, 4, 5, 6]), metrics).get(request, async ({ chunks }) => {
      for await (const _ of chunks) {
        seen.push(media());
        vi.advanceTimersByTime(500);
      }
    });
    expect([...seen, media()]).toEqual([0, 0, 12, 12, 18]);
  } finally {
    vi.useRealTimers();
  }
});

test('a playlist counts its bytes, and nothing when it has not changed', async () => {
  const metrics = memoryMetrics();
  const fetcher = countedFetcher(fetcherOf([]), metrics);
  await fetcher.text(request);
  await fetcher.text(request, {});
  expect(metrics.value('cliptide_fetched_bytes_total', { what: 'playlist' })).toBe(8);
});
