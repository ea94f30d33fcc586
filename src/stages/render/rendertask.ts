import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EditPlan, editPlan } from '../../domain/editplan.ts';
import { CliptideError } from '../../domain/errors.ts';
import { type MediaClock, mediaClock, type TimeSpan } from '../../domain/mediaclock.ts';
import { presetNamed } from '../../domain/presets.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';
import type { TaskResult, Try } from '../../runtime/stage.ts';
import { spanToCut } from './cutspan.ts';
import type { RenderDependencies } from './dependencies.ts';
import { renderEstimate } from './estimate.ts';
import { leaseMedia, type MediaLease } from './lease.ts';
import { doneClip } from './outcome.ts';
import { type ClipManifest, type StoredClip, storeClip, storedClip } from './stored.ts';

type RenderTry = Try & { readonly deadlineMs: number };

/** Kept free at the end of the step's time, for storing the clip. */
const reserveMs = 10_000;

/** One try. Rejects with `media-gone` where the archive does not hold the moment, `unavailable` where not yet. */
export async function renderTask(deps: RenderDependencies, task: RenderTask, attempt: RenderTry): Promise<TaskResult> {
  const startedAt = deps.clock.now();
  const archive = await deps.archive.view(task.streamId, task.channelId);
  if (archive === undefined) throw new CliptideError('media-gone', 'no archive of this broadcast is known');
  // What a try made that died before it could report, this one reports, with what it took: nobody else will.
  const clip = (await storedClip(deps.store, task)) ?? (await makeClip(deps, task, attempt, archive));
  const now = deps.clock.now();
  const { startMs, endMs, durationMs, headMs, bytesFetched, bytesNeeded, cpuSeconds } = clip.manifest;
  const output = doneClip(task, {
    startMs,
    endMs,
    peakMs: Math.min(endMs, Math.max(startMs, task.peakMs)),
    durationMs,
    headMs,
    video: clip.video.key,
    poster: clip.poster,
    bytes: clip.video.bytes,
    sha256: clip.video.sha256,
    bytesFetched,
    bytesNeeded,
    cpuSeconds,
    wallMs: now - startedAt,
    onDiskAtMs: await onDiskAt(deps, task, archive, endMs),
  });
  return { outputs: [output], bytesFetched, cpuSeconds };
}

async function makeClip(
  deps: RenderDependencies,
  task: RenderTask,
  attempt: RenderTry,
  archive: ArchiveView,
): Promise<StoredClip> {
  const clock = mediaClock(archive);
  const span = spanToCut(clock, archive.opened, task);
  const plan = editPlan({
    ...span,
    preset: presetNamed(task.preset),
    peakMs: archivePeak(clock, task, span),
    hasVideo: archive.opened.hasVideo,
    hasAudio: archive.opened.hasAudio || archive.sound !== undefined,
    title: task.title,
  });
  const { signal } = attempt;
  // Else a clip that has no place is made first.
  await deps.store.mustHaveRoom?.(task.channelId);
  const lease = await leaseMedia(deps.cache, archive, span, signal);
  attempt.spent({ bytesFetched: lease.bytesFetched });
  const { parts, sound } = lease;
  const media = sound === undefined ? { parts } : { parts, sound };
  try {
    return await within(deps, task, { plan, lease, signal }, async (folder, settle) => {
      const deadlineMs = Math.max(reserveMs, attempt.deadlineMs - reserveMs);
      const output = await deps.renderer.render({ plan, ...media, folder, deadlineMs, signal });
      attempt.spent({ cpuSeconds: output.cpuSeconds });
      await settle(output.cpuSeconds);
      const manifest: ClipManifest = {
        durationMs: output.durationMs,
        headMs: output.headMs,
        cpuSeconds: output.cpuSeconds,
        startMs: Math.round(clock.toEventMs(span.fromMs) ?? task.startMs),
        endMs: Math.round(clock.toEventMs(span.toMs) ?? task.endMs),
        bytesFetched: lease.bytesFetched,
        bytesNeeded: lease.bytesNeeded,
      };
      const stored = await storeClip(deps.store, task, output, manifest, folder);
      deps.metrics.add('cliptide_clips_rendered_total', 1, { preset: task.preset });
      return stored;
    });
  } finally {
    await lease.release();
  }
}

interface Work {
  readonly plan: EditPlan;
  readonly lease: MediaLease;
  readonly signal: AbortSignal;
}

/** Gives the render a folder of its own, once its budgets have room for it. */
async function within<R>(
  { budget, folder: work }: RenderDependencies,
  task: RenderTask,
  { plan, lease, signal }: Work,
  render: (folder: string, settle: (cpuSeconds: number) => Promise<void>) => Promise<R>,
): Promise<R> {
  const { channelId, streamId, taskId } = task;
  const estimate = renderEstimate(plan, lease.bytesNeeded, lease.sound !== undefined);
  const spent = await budget.begin({ channelId, streamId, taskId, signal, ...estimate });
  try {
    await mkdir(work, { recursive: true });
    const folder = await mkdtemp(join(work, 'render-'));
    try {
      return await render(folder, (cpuSeconds) => spent.settle(cpuSeconds));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    await spent.end();
  }
}

function archivePeak(clock: MediaClock, task: RenderTask, span: TimeSpan): number {
  const peak = clock.toArchiveMs(task.peakMs);
  return peak.kind === 'at' ? peak.archiveMs : span.fromMs;
}

/** Broadcast time at which the clip was on disk: of a live archive its newest instant by now, else the cut's end. */
async function onDiskAt(
  deps: RenderDependencies,
  task: RenderTask,
  archive: ArchiveView,
  endMs: number,
): Promise<number> {
  if (archive.ended) return endMs;
  const now = (await deps.archive.view(task.streamId, task.channelId)) ?? archive;
  return Math.round(mediaClock(now).newestEventMs() ?? endMs);
}
