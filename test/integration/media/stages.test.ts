import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openClipStore } from '../../../src/adapters/embedded/clipstore.ts';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import { clipFolder } from '../../../src/domain/ids.ts';
import type { RefineTask, RenderTask } from '../../../src/domain/records.gen.ts';
import type { MediaAnalyzer } from '../../../src/ports/analyzer.ts';
import type { ClipStore } from '../../../src/ports/clipstore.ts';
import type { ArchiveView, HandOver, LeaseRequest, MediaCache } from '../../../src/ports/mediacache.ts';
import type { Renderer } from '../../../src/ports/renderer.ts';
import type { RenderBudget, RenderRequest } from '../../../src/runtime/budgetrender.ts';
import { looker } from '../../../src/runtime/review/holders.ts';
import { heuristics } from '../../../src/stages/refine/heuristics.ts';
import { refineStage } from '../../../src/stages/refine/stage.ts';
import { renderStage } from '../../../src/stages/render/stage.ts';
import { archiveOf, zeroAtMs } from '../../support/archiveviews.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

let root = '';
let count = 0;
let leases: LeaseRequest[] = [];
let released = 0;
let keptFor: (HandOver | undefined)[] = [];
let renders = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-stages-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  leases = [];
  released = 0;
  keptFor = [];
  renders = 0;
});

const cache: MediaCache = {
  lease: async (request) => {
    leases.push(request);
    const release = async (handOver?: HandOver): Promise<void> => {
      released++;
      keptFor.push(handOver);
    };
    return { parts: [], bytesFetched: 700, bytesNeeded: 900, release };
  },
  hold: async () => [],
  letGo: async () => undefined,
  evict: async () => 0,
  inspect: async () => undefined,
  close: async () => undefined,
};

const renderer: Renderer = {
  render: async ({ folder, plan }) => {
    renders++;
    const [video, poster] = [join(folder, 'clip.mp4'), join(folder, 'poster.jpg')];
    await writeFile(video, `clip ${plan.startMs} ${plan.endMs}`);
    await writeFile(poster, 'poster');
    return { video, poster, durationMs: 8000, headMs: 120, bytes: 1, sha256: '', cpuSeconds: 2.4 };
  },
};

const at = (second: number): number => zeroAtMs + second * 1000;
const common = { highlightId: 'h', revision: 1, run: 'live', streamId: 'stream', channelId: 'channel', nodeId: '' };

function renderTask(startSec: number, endSec: number): RenderTask {
  const moment = { startMs: at(startSec), peakMs: at((startSec + endSec) / 2), endMs: at(endSec) };
  return { ...common, ...moment, taskId: 't', preset: 'source', presetHash: 'p', clipId: 'c', title: 'T', rank: null };
}

const seconds = (total: number) => Array.from({ length: total / 2 }, (_, index) => ({ at: index * 2 }));
const attempt = { number: 1, signal: new AbortController().signal, spent: () => undefined };

async function stage(view: ArchiveView | undefined, with_: Renderer = renderer, bounds?: Partial<ClipStore>) {
  const folder = await mkdtemp(join(root, `${count++}-`));
  const store: ClipStore = Object.assign(await openClipStore(join(folder, 'clips')), bounds);
  const work = join(folder, 'work');
  const archive = { view: async () => view };
  const world = { clock: new VirtualClock(5), metrics: memoryMetrics() };
  const asked: RenderRequest[] = [];
  const spent: (number | 'ended')[] = [];
  const budget: RenderBudget = {
    begin: async (request) => {
      asked.push(request);
      const settle = async (seconds: number): Promise<void> => void spent.push(seconds);
      return { settle, end: async () => void spent.push('ended') };
    },
  };
  const deps = { archive, cache, renderer: with_, store, budget, folder: work, ...world };
  return { stage: renderStage(deps), store, work, asked, spent };
}

describe('rendering a task', () => {
  it('stores clip and poster, says what it cost, and gives the media back', async () => {
    const { stage: render, store, work, asked, spent } = await stage(archiveOf(seconds(40)));
    const result = await render.run(renderTask(10, 18), attempt);
    expect(leases).toMatchObject([{ fromMs: 10_000, toMs: 18_000, purpose: 'render' }]);
    const [clip] = result.outputs;
    const folder = clipFolder('channel');
    expect(clip).toMatchObject({ topic: 'clips.rendered', key: 'channel' });
    expect(clip?.record).toMatchObject({
      outcome: 'done',
      ...{ startMs: at(10), endMs: at(18), durationMs: 8000, headMs: 120, bytesFetched: 700, bytesNeeded: 900 },
      ...{ video: `${folder}/c.mp4`, poster: `${folder}/c.jpg`, onDiskAtMs: at(40) },
    });
    expect(asked).toMatchObject([{ channelId: 'channel', taskId: 't', cpuSeconds: 21 }]);
    expect(spent).toEqual([2.4, 'ended']);
    expect(await store.stat(`${folder}/c.mp4`)).toBeDefined();
    expect(released).toBe(1);
    expect(await readdir(work)).toEqual([]);
  });

  it('again gives the same clip without rendering or fetching, and says what it took in all', async () => {
    const { stage: render } = await stage(archiveOf(seconds(40)));
    const first = await render.run(renderTask(10, 18), attempt);
    const again = await render.run(renderTask(10, 18), { ...attempt, number: 2 });
    expect(renders).toBe(1);
    expect(leases).toHaveLength(1);
    expect(again.outputs[0]).toEqual(first.outputs[0]);
    expect(first.bytesFetched).toBe(700);
    expect(first.cpuSeconds).toBeGreaterThan(0);
    expect(again).toMatchObject({ bytesFetched: first.bytesFetched, cpuSeconds: first.cpuSeconds });
  });

  it('that lies outside the recording fails for good, with the reason', async () => {
    const { stage: render } = await stage(archiveOf(seconds(40), {}, true));
    const error = await render.run(renderTask(60, 70), attempt).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'media-gone', message: expect.stringContaining('after the end of') });
    const [failed] = render.failed(renderTask(60, 70), error as Error);
    expect(failed?.record).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/^media-gone: /),
      video: '',
    });
    expect(renders).toBe(0);
  });

  it('that sticks out at both ends fails for the end at which its peak lies', async () => {
    const { stage: render } = await stage(archiveOf(seconds(40), {}, true));
    await expect(render.run(renderTask(-10, 120), attempt)).rejects.toThrow('after the end of');
    await expect(render.run(renderTask(-80, 60), attempt)).rejects.toThrow('before the start of');
  });

  it('that is not archived yet is tried again', async () => {
    const { stage: render } = await stage(archiveOf(seconds(40)));
    await expect(render.run(renderTask(36, 44), attempt)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives the media back and leaves nothing when ffmpeg fails', async () => {
    const failing: Renderer = { render: async () => Promise.reject(new CliptideError('tool', 'ffmpeg crashed')) };
    const { stage: render, store, work, spent } = await stage(archiveOf(seconds(40)), failing);
    await expect(render.run(renderTask(10, 18), attempt)).rejects.toMatchObject({ code: 'tool' });
    expect(released).toBe(1);
    expect(await readdir(work)).toEqual([]);
    expect(await store.stat(`${clipFolder('channel')}/c.mp4`)).toBeUndefined();
    // What it took is not known, so what was reserved for it counts.
    expect(spent).toEqual(['ended']);
  });

  it('that has no place is refused before anything is fetched or made', async () => {
    const full = { mustHaveRoom: () => Promise.reject(new CliptideError('budget', 'one clip is all')) };
    const { stage: render, store } = await stage(archiveOf(seconds(40)), renderer, full);
    await expect(render.run(renderTask(10, 18), attempt)).rejects.toThrow('one clip is all');
    expect([leases.length, renders]).toEqual([0, 0]);
    expect(await store.list(clipFolder('channel'))).toEqual([]);
  });

  it('that turns out to have none says what it has taken, and puts nothing beside the clip that is not there', async () => {
    const full = { putAfter: () => Promise.reject(new CliptideError('budget', 'too large')) };
    const { stage: render, store } = await stage(archiveOf(seconds(40)), renderer, full);
    const costs: unknown[] = [];
    const told = { ...attempt, spent: (cost: unknown) => costs.push(cost) };
    await expect(render.run(renderTask(10, 18), told)).rejects.toThrow('too large');
    expect(costs).toEqual([{ bytesFetched: 700 }, { cpuSeconds: 2.4 }]);
    expect(await store.list(clipFolder('channel'))).toEqual([]);
  });

  it('finds a clip that a version before stored outside its channel', async () => {
    const { stage: render, store, work } = await stage(archiveOf(seconds(40)));
    await mkdir(work, { recursive: true });
    const [video, manifest] = [join(work, 'old.mp4'), join(work, 'old.json')];
    await writeFile(video, 'old clip');
    await writeFile(manifest, JSON.stringify({ cpuSeconds: 7, bytesFetched: 70 }));
    await store.put('c.json', manifest);
    await store.put('c.mp4', video);
    const result = await render.run(renderTask(10, 18), attempt);
    expect(renders).toBe(0);
    expect(result.cpuSeconds).toBe(7);
    expect(result.outputs[0]?.record).toMatchObject({ video: 'c.mp4', poster: 'c.jpg', bytes: 8 });
  });
});

describe('refining a task', () => {
  const task: RefineTask = {
    ...{ ...common, taskId: 't', startMs: at(12), peakMs: at(20), endMs: at(28) },
    ...{ earliestMs: at(2), latestMs: at(58), terms: [{ text: 'clutch', count: 5 }] },
  };
  const finding: MediaAnalyzer = {
    analyze: async () => ({ silences: [{ fromMs: 10_000, toMs: 11_500 }], sceneCuts: [29_000] }),
  };
  const refine = (
    view: ArchiveView | undefined,
    analyzer = finding,
    by: 'sound' | 'picture' = 'picture',
    keeps = false,
  ) =>
    refineStage({
      archive: { view: async () => view },
      cache,
      analyzer,
      refiner: heuristics(),
      by,
      keeps,
      clock: new VirtualClock(),
    });

  it('looks at the media of its window that exists, and puts boundaries where sound and picture allow', async () => {
    const result = await refine(archiveOf(seconds(40), { offsetMs: 1000 })).run(task, attempt);
    expect(leases).toMatchObject([{ fromMs: 3000, toMs: 40_000, purpose: 'refine' }]);
    expect(released).toBe(1);
    expect(result.outputs[0]?.record).toMatchObject({
      ...{ outcome: 'done', startMs: at(10.35), endMs: at(28), title: 'Clutch', tags: ['clutch'] },
      ...{ refinedBy: 'heuristics', bytesFetched: 700, bytesNeeded: 900 },
    });
  });

  it('hands its media over to those who keep them for reviews, where somebody does', async () => {
    const view = archiveOf(seconds(40), { offsetMs: 1000 });
    await refine(view, finding, 'picture', true).run(task, attempt);
    await refine(view).run(task, attempt);
    expect(keptFor).toEqual([{ holder: looker(common), forMs: 60_000 }, undefined]);
  });

  it('fetches sound alone where an archive offers it, unless it shall look at the picture too', async () => {
    const asked: unknown[] = [];
    const analyzer: MediaAnalyzer = {
      analyze: async (_, span, __, only) => {
        asked.push([span.fromMs, only]);
        return { silences: [], sceneCuts: [] };
      },
    };
    const sound = archiveOf(seconds(40)).segments.map((one) => ({ ...one, sequence: one.sequence + 5 }));
    const view = { ...archiveOf(seconds(40), { offsetMs: 1000 }, true), sound };
    await refine(view, analyzer, 'sound').run(task, attempt);
    await refine(view, analyzer, 'picture').run(task, attempt);
    expect(leases.map(({ archive }) => archive.segments === sound)).toEqual([true, false]);
    expect(asked).toEqual([
      [3000, 'sound'],
      [3000, undefined],
    ]);
  });

  it('is a full result without media, with the reason', async () => {
    const result = await refine(undefined).run(task, attempt);
    const record = result.outputs[0]?.record;
    expect(record).toMatchObject({ outcome: 'done', startMs: at(12), endMs: at(28), title: 'Clutch' });
    expect(record).toMatchObject({
      reasons: expect.arrayContaining([expect.stringContaining('without media: media-gone')]),
    });
  });

  it('waits for an origin that is away, but not for ever', async () => {
    const away: MediaAnalyzer = {
      analyze: async () => Promise.reject(new CliptideError('unavailable', 'origin is away')),
    };
    const stage = refine(archiveOf(seconds(40)), away);
    await expect(stage.run(task, attempt)).rejects.toMatchObject({ code: 'unavailable' });
    const result = await stage.run(task, { ...attempt, number: 3 });
    expect(result.outputs[0]?.record).toMatchObject({ outcome: 'done', title: 'Clutch' });
    expect(released).toBe(2);
  });

  it.each(['budget', 'space'] as const)('waits for room where %s has none, but not for ever', async (code) => {
    const full: MediaAnalyzer = { analyze: async () => Promise.reject(new CliptideError(code, 'no room')) };
    const stage = refine(archiveOf(seconds(40)), full);
    await expect(stage.run(task, attempt)).rejects.toMatchObject({ code: 'unavailable', message: /no room/ });
    const result = await stage.run(task, { ...attempt, number: 3 });
    const reasons = [expect.stringContaining(`without media: ${code}: no room`)];
    expect(result.outputs[0]?.record).toMatchObject({ outcome: 'done', reasons: expect.arrayContaining(reasons) });
  });
});
