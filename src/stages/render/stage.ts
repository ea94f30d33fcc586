import { toCliptideError } from '../../domain/errors.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
import type { ArchiveLookup } from '../../ports/archive.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MediaCache } from '../../ports/mediacache.ts';
import type { Renderer } from '../../ports/renderer.ts';
import type { WorkerStage } from '../../runtime/stage.ts';
import { failedClip } from './outcome.ts';
import { renderTask } from './rendertask.ts';

export interface RenderDependencies {
  readonly archive: ArchiveLookup;
  readonly cache: MediaCache;
  readonly renderer: Renderer;
  readonly store: ClipStore;
  readonly clock: Clock;
  /** Where clips are made before they go into the store. */
  readonly folder: string;
}

/** A minute for fetching and checking, and ten times the clip's length for a slow machine's encode. */
function deadlineMs(task: RenderTask): number {
  return 60_000 + 10 * Math.max(0, task.endMs - task.startMs);
}

/** Renders a highlight by a preset into the clip store; a clip that is there is not made again. */
export function renderStage(deps: RenderDependencies): WorkerStage<'render.tasks'> {
  return {
    name: 'render',
    input: 'render.tasks',
    finishedIn: 'clips.rendered',
    deadlineMs,
    run: (task, attempt) => renderTask(deps, task, { ...attempt, deadlineMs: deadlineMs(task) }),
    failed: (task, error) => [failedClip(task, toCliptideError(error))],
  };
}
