import type { FetchedBody, Fetcher } from '../../../ports/fetcher.ts';
import type { Metrics } from '../../../ports/metrics.ts';

const tellEveryMs = 1_000;

/** A fetcher whose bytes are counted as they arrive, also those of bodies that then fail. */
export function countedFetcher(fetcher: Fetcher, metrics: Metrics): Fetcher {
  const count = (what: 'media' | 'playlist', bytes: number): void =>
    metrics.add('cliptide_fetched_bytes_total', bytes, { what });
  count('media', 0);
  count('playlist', 0);
  return {
    get: (request, consume) => fetcher.get(request, (body) => consume({ ...body, chunks: counted(body, count) })),
    text: async (request, known) => {
      const found = await fetcher.text(request, known);
      if (found !== 'unchanged') count('playlist', Buffer.byteLength(found.text));
      return found;
    },
  };
}

/** One addition a body, not one a chunk; more where it takes its time. */
async function* counted(body: FetchedBody, count: (what: 'media', bytes: number) => void): AsyncIterable<Uint8Array> {
  let bytes = 0;
  let isFirst = true;
  let toldAtMs = performance.now();
  try {
    for await (const chunk of body.chunks) {
      bytes += chunk.length + (isFirst ? body.skipped : 0);
      isFirst = false;
      if (performance.now() - toldAtMs >= tellEveryMs) {
        count('media', bytes);
        [bytes, toldAtMs] = [0, performance.now()];
      }
      yield chunk;
    }
  } finally {
    count('media', bytes);
  }
}
