import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CountingOrigin } from '../../support/origin.ts';
import { transportStream } from '../../support/segments.ts';
import { runChild } from '../child.ts';
import { duration, type Figure, megabytesPerSecond, type Row, times } from '../figure.ts';
import type { LeasePlan, LeaseReport } from '../leases.ts';

const leases = fileURLToPath(new URL('../leases.ts', import.meta.url));
const mebibyte = 1024 * 1024;

/** What the media cache asks of an origin, how fast it takes it, and what memory that needs. */
export const media: Figure = {
  name: 'media',
  measure: async (folder) => {
    await using origin = await CountingOrigin.start();
    return [...(await once(origin, folder)), ...(await speed(origin, folder)), await memory(origin, folder)];
  },
};

const segmentsOf = (origin: CountingOrigin, count: number, bytes: number): void => {
  const packets = Math.floor(bytes / 188);
  for (let k = 0; k < count; k += 1) origin.set(`/s${k}.ts`, transportStream(k, packets));
};

async function leased(plan: LeasePlan): Promise<LeaseReport> {
  // As many threads as the launcher of `cliptide` gives.
  const env = { UV_THREADPOOL_SIZE: '8' };
  const { out } = await runChild(process.execPath, ['--no-warnings', leases, JSON.stringify(plan)], plan.folder, env);
  return JSON.parse(out) as LeaseReport;
}

/** Spans of 40 s that overlap by three quarters. */
const overlapping = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, k) => [k * 10, k * 10 + 40]);

/** Bytes of the origin over the bytes of the segments that are needed. */
async function once(origin: CountingOrigin, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const processes of [1, 3]) {
    for (const count of [1, 10, 100]) {
      const spans = overlapping(count);
      const segments = (spans.at(-1)?.[1] ?? 0) / 2;
      segmentsOf(origin, segments, 188 * 500);
      const before = sent(origin, segments);
      const plan = { folder: await mkdtemp(join(folder, 'once-')), origin: origin.url, segments, spans };
      await Promise.all(Array.from({ length: processes }, () => leased(plan)));
      const ratio = (sent(origin, segments) - before) / (segments * 188 * 500);
      rows.push({
        what: `bytes of the origin for ${count} overlapping highlights, refined and rendered by two presets, ${processes} process${processes > 1 ? 'es' : ''}`,
        value: `${segments} segments, ${(segments * 188 * 500).toLocaleString('en')} bytes`,
        baseline: 'the bytes of the segments that they need',
        ratio: `${ratio.toFixed(2)}×`,
        aim: '1.00×',
      });
    }
  }
  return rows;
}

const sent = (origin: CountingOrigin, segments: number): number =>
  Array.from({ length: segments }, (_, k) => origin.bytes(`/s${k}.ts`)).reduce((sum, bytes) => sum + bytes, 0);

/**
 * 60 segments of 8 MiB through the fetcher of a process that is at work onto the disk, checked and synced, against curl,
 * which does neither.
 */
async function speed(origin: CountingOrigin, folder: string): Promise<Row[]> {
  const [segments, first, bytes] = [60, 12, 8 * mebibyte];
  segmentsOf(origin, segments + first, bytes);
  const plan = {
    origin: origin.url,
    segments: segments + first,
    spans: [[0, segments * 2]] as const,
    before: [segments * 2, (segments + first) * 2] as const,
  };
  const urls = `${origin.url}/s[0-${segments - 1}].ts`;
  const ours: number[] = [];
  const curl: number[] = [];
  const curlAndSync: number[] = [];
  for (let go = 0; go < 7; go += 1) {
    ours.push(await inFresh(folder, async (own) => (await leased({ ...plan, folder: own })).ms));
    await inFresh(folder, async (own) => {
      const got = await duration(() => runChild('curl', ['-sS', '-f', '-o', 'c#1.ts', urls], own));
      curl.push(got);
      const files = Array.from({ length: segments }, (_, k) => `c${k}.ts`);
      curlAndSync.push(got + (await duration(() => runChild('sync', ['-d', ...files], own))));
    });
  }
  const own = middle(ours);
  const row = (baseline: string, its: number, aim: string): Row => ({
    what: `${segments} segments of 8 MiB from loopback into the cache, checked and synced to the disk`,
    value: megabytesPerSecond(segments * bytes, own),
    baseline: `${baseline}: ${megabytesPerSecond(segments * bytes, its)}`,
    ratio: times(its, own),
    aim,
  });
  return [
    row('curl into files, neither checked nor synced', middle(curl), 'at least 0.80×'),
    row('curl into files, then sync', middle(curlAndSync), ''),
  ];
}

/** What one go left to be written to the disk must not slow the next. */
async function inFresh<T>(folder: string, work: (own: string) => Promise<T>): Promise<T> {
  const own = await mkdtemp(join(folder, 'speed-'));
  try {
    return await work(own);
  } finally {
    await rm(own, { recursive: true });
  }
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Memory while 20 segments are under way must not depend on how large they are. */
async function memory(origin: CountingOrigin, folder: string): Promise<Row> {
  const grown: number[] = [];
  for (const size of [2, 32]) {
    segmentsOf(origin, 20, size * mebibyte);
    const spans: [number, number][] = [[0, 40]];
    const own = await mkdtemp(join(folder, 'memory-'));
    grown.push((await leased({ folder: own, origin: origin.url, segments: 20, spans })).grownBytes / mebibyte);
  }
  const [small = 0, large = 0] = grown;
  return {
    what: 'memory that a lease of 20 segments of 32 MiB adds to a process',
    value: `${Math.round(large)} MiB`,
    baseline: `the same with segments of 2 MiB: ${Math.round(small)} MiB`,
    aim: 'flat',
  };
}
