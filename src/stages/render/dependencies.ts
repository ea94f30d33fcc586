import type { CliptideError } from '../../domain/errors.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
import type { ArchiveLookup } from '../../ports/archive.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MediaCache } from '../../ports/mediacache.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Renderer } from '../../ports/renderer.ts';
import type { RenderBudget } from '../../runtime/budgetrender.ts';

export interface RenderDependencies {
  readonly archive: ArchiveLookup;
  readonly cache: MediaCache;
  readonly renderer: Renderer;
  readonly store: ClipStore;
  readonly budget: RenderBudget;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Where clips are made before they go into the store. */
  readonly folder: string;
  readonly onFailed?: OnRenderFailed | undefined;
}

/** Told of a task that failed for good, with what its record has no room for: what a person can do about it. */
export type OnRenderFailed = (task: RenderTask, error: CliptideError) => void;
