import { toCliptideError } from '../../domain/errors.ts';
import { presets } from '../../domain/presets.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
import type { WorkerStage } from '../../runtime/stage.ts';
import type { RenderDependencies } from './dependencies.ts';
import { failedClip } from './outcome.ts';
import { renderTask } from './rendertask.ts';

/** A minute for fetching and checking, and ten times the clip's length for a slow machine's encode. */
function deadlineMs(task: RenderTask): number {
  return 60_000 + 10 * Math.max(0, task.endMs - task.startMs);
}

/** Renders a highlight by a preset into the clip store; a clip that is there is not made again. */
export function renderStage(deps: RenderDependencies): WorkerStage<'render.tasks'> {
  for (const preset of Object.keys(presets)) deps.metrics.add('cliptide_clips_rendered_total', 0, { preset });
  return {
    name: 'render',
    input: 'render.tasks',
    finishedIn: 'clips.rendered',
    deadlineMs,
    run: (task, attempt) => renderTask(deps, task, { ...attempt, deadlineMs: deadlineMs(task) }),
    failed: (task, error) => {
      const failure = toCliptideError(error);
      deps.onFailed?.(task, failure);
      return [failedClip(task, failure)];
    },
  };
}
