import { expect, it, vi } from 'vitest';
import { openStorage } from '../../../src/cli/node/storage.ts';
import { readTopic } from '../../../src/cli/node/watch.ts';
import { type MediaDependencies, startPipeline } from '../../../src/pipeline.ts';
import type { HandOver, MediaCache } from '../../../src/ports/mediacache.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import { looker } from '../../../src/runtime/review/holders.ts';
import { heuristics } from '../../../src/stages/refine/heuristics.ts';
import { archiveOf, zeroAtMs } from '../../support/archiveviews.ts';
import { quiet } from '../../support/mediacaches.ts';
import { refineTask } from '../../support/taskstages.ts';

/** For whom a pipeline's refinement leaves its media, once its result is there. */
async function handedOver(run: string, review: Partial<Pick<MediaDependencies, 'review'>>): Promise<unknown> {
  const lifecycle = new Lifecycle(quiet);
  const deps = await openStorage({ folder: undefined, partitions: 1, logger: quiet, run }, lifecycle);
  const released: (HandOver | undefined)[] = [];
  const release = async (handOver?: HandOver): Promise<void> => void released.push(handOver);
  const cache: Partial<MediaCache> = {
    lease: async () => ({ parts: [], bytesFetched: 0, bytesNeeded: 0, release }),
  };
  const media = {
    archive: { view: async () => archiveOf([{}, {}, {}]) },
    cache,
    analyzer: { analyze: async () => ({ silences: [], sceneCuts: [] }) },
    refiner: heuristics(),
    refineBy: 'picture',
    concurrency: { refine: 1, render: 1 },
    ...review,
  } as unknown as MediaDependencies;
  const never = (): never => expect.unreachable('refinement needs media alone');
  const others = { results: never, kept: never, notifier: never, defaultPresets: [] };
  const stages = startPipeline(['refine'], { ...deps, ...others, media: () => media });
  await lifecycle.start('stages', () => ({ value: stages, stop: () => stages.stop() }));
  const times = { startMs: zeroAtMs + 1_000, peakMs: zeroAtMs + 2_000, endMs: zeroAtMs + 3_000 };
  const window = { earliestMs: zeroAtMs, latestMs: zeroAtMs + 4_000 };
  const { record, ...to } = refineTask('h', 'channel');
  await deps.log.append([toAppend(deps.codec, { ...to, record: { ...record, ...times, ...window, run } })]);
  await vi.waitFor(async () => expect(await readTopic(deps, 'highlights.refined', 'channel')).toHaveLength(1), 20_000);
  await lifecycle.stop(10_000);
  return released;
}

it('a live highlight’s media is left to those who keep it for its review, a backfill’s and that of no review to nobody', async () => {
  const review = { review: { hours: 24 } };
  const holder = looker({ channelId: 'channel', streamId: 'stream', highlightId: 'h' });
  expect(await handedOver('live', review)).toEqual([{ holder, forMs: 60_000 }]);
  expect(await handedOver('live', {})).toEqual([undefined]);
  expect(await handedOver('again', review)).toEqual([undefined]);
});
