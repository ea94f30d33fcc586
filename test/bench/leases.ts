// A node's process that leases spans of a made archive; prints what it saw as JSON. Run by figures/media.
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { archiveOf } from '../support/archiveviews.ts';
import { openCacheAt } from '../support/mediacaches.ts';

export interface LeasePlan {
  readonly folder: string;
  readonly origin: string;
  /** Segments of the archive, two seconds each: `/s0.ts`, `/s1.ts` and so on. */
  readonly segments: number;
  /** Spans in seconds; all are leased at once, for refinement and then for two renders. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  /** Leased before anything is measured, as a process that has been at work for a while; seconds. */
  readonly before?: readonly [from: number, to: number];
}

export interface LeaseReport {
  readonly fetchedBytes: number;
  /** From the first request to the last release. */
  readonly ms: number;
  /** Most memory that the process held while it leased, beyond what it held before. */
  readonly grownBytes: number;
}

const plan = JSON.parse(process.argv[2] ?? '') as LeasePlan;
await using node = await openCacheAt(plan.folder);
const uris = Array.from({ length: plan.segments }, (_, k) => `${plan.origin}/s${k}.ts`);
const archive = archiveOf(uris.map((uri) => ({ uri })));
let fetchedBytes = 0;

async function lease([from, to]: readonly [number, number], purpose: 'refine' | 'render'): Promise<void> {
  const held = await node.cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose });
  fetchedBytes += held.bytesFetched;
  await held.release();
}

if (plan.before !== undefined) await lease(plan.before, 'refine');
fetchedBytes = 0;
const rssBefore = process.memoryUsage.rss();
let rss = rssBefore;
const watch = setInterval(() => {
  rss = Math.max(rss, process.memoryUsage.rss());
}, 20);
const startedAt = systemClock.now();
await Promise.all(
  plan.spans.map(async (span) => {
    await lease(span, 'refine');
    await Promise.all([lease(span, 'render'), lease(span, 'render')]);
  }),
);
clearInterval(watch);
const report: LeaseReport = { fetchedBytes, ms: systemClock.now() - startedAt, grownBytes: rss - rssBefore };
process.stdout.write(`${JSON.stringify(report)}\n`);
