import { openStorage } from '../../src/cli/node/storage.ts';
import type { BudgetEntry, JournalEntry, Moment } from '../../src/domain/records.gen.ts';
import type { ArchiveView, HoldRequest, MediaCache } from '../../src/ports/mediacache.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { readableInput, toAppend } from '../../src/runtime/records.ts';
import { looker } from '../../src/runtime/review/holders.ts';
import { Reviews } from '../../src/runtime/review/reviews.ts';
import { scan } from '../../src/runtime/scan.ts';
import { archiveOf, zeroAtMs } from './archiveviews.ts';
import { ShiftedClock } from './embeddedlog.ts';
import { cacheWorld, quiet } from './mediacaches.ts';
import { transportStream } from './segments.ts';

/** Each segment takes one block of 4,096 bytes, and two seconds. */
export const block = 4096;
const count = 40;
const path = (k: number): string => `/s${k}.ts`;

/** A cache of ten blocks over an origin that counts, a log in memory with a journal, and what follows it. */
export async function reviewWorld() {
  const media = await cacheWorld({ cap: 10 * block });
  const lifecycle = new Lifecycle(quiet);
  const clock = new ShiftedClock();
  const deps = { ...(await openStorage({ folder: undefined, partitions: 2, logger: quiet }, lifecycle)), clock };
  const { log, codec } = deps;
  const shapes = Array.from({ length: count }, (_, k) => ({ uri: media.origin.set(path(k), transportStream(k)) }));
  const archive: ArchiveView = archiveOf(shapes);
  const { channelId, streamId } = archive;
  const ids = { channelId, streamId };
  const partitions = new Set([log.partitionOf('highlights.journal', channelId)]);
  let cache: MediaCache = await media.open();
  const asked: HoldRequest[] = [];
  const lease = async (purpose: 'refine' | 'render', first: number, last = first, of?: string): Promise<number> => {
    const held = await cache.lease({ archive, fromMs: first * 2000 + 1, toMs: last * 2000 + 1999, purpose });
    await held.release(of === undefined ? undefined : { holder: looker({ ...ids, highlightId: of }), forMs: 60_000 });
    return held.bytesFetched;
  };
  return {
    clock,
    topics: { log, codec },
    /** What was asked to be held. */
    asked,
    lease,
    archive,
    cache: () => cache,
    requests: (first: number, last = first) =>
      Array.from({ length: last - first + 1 }, (_, k) => media.origin.requests(path(first + k))),
    used: () => media.usage(),
    /** Other leases than those of the first segments, more than the cache holds. */
    press: async () => {
      for (let k = 20; k < count; k++) await lease('render', k);
    },
    restart: async () => {
      await cache.close();
      cache = await media.open();
    },
    /** One that knows nothing yet. */
    reviews: (known: ArchiveView | undefined = archive) => {
      const archives = { view: async () => known };
      const followed: MediaCache = {
        lease: (request) => cache.lease(request),
        hold: (request) => {
          asked.push(request);
          return cache.hold(request);
        },
        inspect: (file) => cache.inspect(file),
        letGo: (holder) => cache.letGo(holder),
        evict: (bytes) => cache.evict(bytes),
        close: () => cache.close(),
      };
      const reviews = new Reviews({ ...deps, nodeId: 'node-1', archives, cache: followed, hours: 24 });
      return { step: (of: ReadonlySet<number> = partitions) => reviews.step(of) };
    },
    /** Appends an entry of the journal; a highlight's first segment and last one are given with its moment. */
    journal: async (highlightId: string, fromRevision: number, toState: string, rest: Partial<JournalEntry> = {}) => {
      const why = { cause: '', actor: '', reason: '', highlight: null, presets: [], clips: [] };
      const ids = { highlightId, streamId, channelId, run: 'live' };
      const record = { ...ids, fromRevision, toState, ...why, ...rest };
      await log.append([toAppend(codec, { topic: 'highlights.journal', key: channelId, record })]);
    },
    entries: async () => {
      const entries: BudgetEntry[] = [];
      for (const partition of [0, 1]) {
        for await (const records of scan(deps, 'budget.entries', partition)) {
          for (const one of records) entries.push(...asEntry(readableInput<'budget.entries'>(codec, one)?.record));
        }
      }
      return entries;
    },
    [Symbol.asyncDispose]: async () => {
      await media[Symbol.asyncDispose]();
      await lifecycle.stop(10_000);
    },
  };
}

const asEntry = (entry: BudgetEntry | undefined): BudgetEntry[] => (entry === undefined ? [] : [entry]);

/** A moment of these segments, the last one too. */
export function momentOf(first: number, last: number, score: number): { readonly highlight: Moment } {
  const startMs = zeroAtMs + first * 2000 + 100;
  const endMs = zeroAtMs + last * 2000 + 1900;
  const text = { title: '', tags: [], contributions: {}, model: '', terms: [], rank: null };
  return { highlight: { startMs, endMs, peakMs: startMs + 50, score, detectedAtMs: endMs, ...text } };
}
