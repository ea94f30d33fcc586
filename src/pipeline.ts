import type { StageName } from '../topology/topics.ts';
import type { MediaAnalyzer } from './ports/analyzer.ts';
import type { ArchiveLookup } from './ports/archive.ts';
import type { ClipStore } from './ports/clipstore.ts';
import type { MediaCache } from './ports/mediacache.ts';
import type { Notifier } from './ports/notifier.ts';
import type { Refiner } from './ports/refiner.ts';
import type { Renderer } from './ports/renderer.ts';
import type { Results } from './ports/results.ts';
import type { Running } from './runtime/dependencies.ts';
import { startSink } from './runtime/sink.ts';
import { type StatefulDependencies, startStateful } from './runtime/stateful.ts';
import { startWorker } from './runtime/worker.ts';
import { conductStage } from './stages/conduct/stage.ts';
import { notifyStage } from './stages/notify/stage.ts';
import { recordStage } from './stages/record/stage.ts';
import { refineStage } from './stages/refine/stage.ts';
import { renderStage } from './stages/render/stage.ts';
import { scoreStage } from './stages/score/stage.ts';

/** What the workers need of a node. */
export interface MediaDependencies {
  readonly archive: ArchiveLookup;
  readonly cache: MediaCache;
  readonly analyzer: MediaAnalyzer;
  readonly refiner: Refiner;
  readonly renderer: Renderer;
  readonly clips: ClipStore;
  /** Where renders are made before they go into the clip store. */
  readonly workFolder: string;
  readonly concurrency: { readonly refine: number; readonly render: number };
}

export interface PipelineDependencies extends StatefulDependencies {
  readonly defaultPresets: readonly string[];
  readonly media: () => MediaDependencies;
  readonly results: () => Results;
  readonly notifier: () => Notifier;
}

/** The stages that `startPipeline` can run; ingest is started by who has the sources. */
export type PipelineRole = Exclude<StageName, 'ingest'>;

/**
 * Sources into topics (ingest), then:
 *
 *   live.analytics ─▶ score ─▶ highlights ─▶ conduct ◀─▶ journal ─▶ record · notify
 *                                              ├─▶ refine.tasks ─▶ refine ─▶ highlights.refined ─▶ conduct
 *                                              └─▶ render.tasks ─▶ render ─▶ clips.rendered ─────▶ conduct
 *
 * Starts the stages of the given roles; they meet at topics only.
 */
export function startPipeline(roles: readonly PipelineRole[], deps: PipelineDependencies): Running {
  const start: Record<PipelineRole, () => Running> = {
    score: () => startStateful(scoreStage({ run: deps.run }), deps),
    conduct: () => startStateful(conductStage(deps), deps),
    refine: () => {
      const { archive, cache, analyzer, refiner, concurrency } = deps.media();
      const stage = refineStage({ archive, cache, analyzer, refiner, clock: deps.clock });
      return startWorker(stage, deps, concurrency.refine);
    },
    render: () => {
      const { archive, cache, renderer, clips, workFolder, concurrency } = deps.media();
      const { clock, metrics } = deps;
      const stage = renderStage({ archive, cache, renderer, store: clips, clock, metrics, folder: workFolder });
      return startWorker(stage, deps, concurrency.render);
    },
    record: () => startSink(recordStage({ results: deps.results() }), deps),
    notify: () => startSink(notifyStage(deps.notifier()), deps),
  };
  return together(roles.map((role) => start[role]()));
}

/** Stages as one: fails when one fails; stops the sources of work first, so that what is under way is finished. */
function together(stages: readonly Running[]): Running {
  return {
    progress: stages.flatMap((stage) => stage.progress),
    done: Promise.all(stages.map((stage) => stage.done)).then(() => undefined),
    stop: async () => {
      for (const stage of stages) await stage.stop();
    },
  };
}
