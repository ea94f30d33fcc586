import type { StageName } from '../topology/topics.ts';
import type { ModelChoice } from './domain/scoring/modelchoice.ts';
import type { MediaAnalyzer } from './ports/analyzer.ts';
import type { ArchiveLookup } from './ports/archive.ts';
import type { ClipStore } from './ports/clipstore.ts';
import type { EventsFiles } from './ports/eventsfile.ts';
import type { EventsStore } from './ports/eventsstore.ts';
import type { MediaCache } from './ports/mediacache.ts';
import type { Notifier } from './ports/notifier.ts';
import type { Refiner } from './ports/refiner.ts';
import type { Renderer } from './ports/renderer.ts';
import type { Results } from './ports/results.ts';
import { beside } from './runtime/beside.ts';
import type { RenderBudget } from './runtime/budgetrender.ts';
import type { Running } from './runtime/dependencies.ts';
import { type ReviewDependencies, Reviews } from './runtime/review/reviews.ts';
import { startSink } from './runtime/sink.ts';
import { type StatefulDependencies, startStateful } from './runtime/stateful.ts';
import { type TailDependencies, Tails } from './runtime/tail/tail.ts';
import { startWorker } from './runtime/worker.ts';
import { conductStage } from './stages/conduct/stage.ts';
import { keepStage } from './stages/keep/stage.ts';
import { notifyStage } from './stages/notify/stage.ts';
import { recordStage } from './stages/record/stage.ts';
import { refineStage } from './stages/refine/stage.ts';
import type { OnRenderFailed } from './stages/render/dependencies.ts';
import { renderStage } from './stages/render/stage.ts';
import { scoreStage } from './stages/score/stage.ts';

/** What the workers need of a node. */
export interface MediaDependencies {
  readonly archive: ArchiveLookup;
  readonly cache: MediaCache;
  readonly analyzer: MediaAnalyzer;
  readonly refiner: Refiner;
  readonly refineBy: 'sound' | 'picture';
  readonly renderer: Renderer;
  readonly clips: ClipStore;
  readonly budget: RenderBudget;
  /** Where renders are made before they go into the clip store. */
  readonly workFolder: string;
  readonly concurrency: { readonly refine: number; readonly render: number };
  /** Where live archives whose playlists are short are kept for a while; nothing is unless given. */
  readonly tail?: Pick<TailDependencies, 'archives' | 'ledger' | 'settings'>;
  /** How long the media of refined highlights is kept; it is not unless given. */
  readonly review?: Pick<ReviewDependencies, 'hours'>;
}

/** Where the events of broadcasts that have ended are kept. */
export interface KeptEvents {
  readonly files: EventsFiles;
  readonly store: EventsStore;
}

export interface PipelineDependencies extends StatefulDependencies {
  /** What scores a broadcast; the models that ship unless given. */
  readonly models?: ModelChoice;
  readonly defaultPresets: readonly string[];
  readonly media: () => MediaDependencies;
  readonly results: () => Results;
  /** Where a clip's file is to be found by people; unless given, below the data folder. */
  readonly clipAddress?: (key: string) => string;
  readonly kept: () => KeptEvents;
  readonly onRenderFailed?: OnRenderFailed | undefined;
  readonly notifier: () => Notifier;
}

/** The stages that `startPipeline` can run; ingest is started by who has the sources. */
export type PipelineStage = Exclude<StageName, 'ingest'>;

/**
 * Sources into topics (ingest), then:
 *
 *   live.analytics ─▶ score ─▶ highlights ─▶ conduct ◀─▶ journal ─▶ record · keep · notify
 *                                              ├─▶ refine.tasks ─▶ refine ─▶ highlights.refined ─▶ conduct
 *                                              └─▶ render.tasks ─▶ render ─▶ clips.rendered ─────▶ conduct
 *
 * Starts the given stages; they meet at topics only.
 */
export function startPipeline(stages: readonly PipelineStage[], deps: PipelineDependencies): Running {
  const { run, models } = deps;
  const start: Record<PipelineStage, () => Running> = {
    score: () => startStateful(scoreStage({ run, models }), deps),
    conduct: () => startStateful(conductStage(deps), deps),
    refine: () => {
      const { archive, cache, analyzer, refiner, refineBy: by, concurrency, review } = deps.media();
      const keeps = run === 'live' && review !== undefined;
      const stage = refineStage({ archive, cache, analyzer, refiner, by, keeps, clock: deps.clock });
      return startWorker(stage, deps, concurrency.refine);
    },
    render: () => {
      const { archive, cache, renderer, clips, budget, workFolder, concurrency, tail, review } = deps.media();
      const { clock, metrics, onRenderFailed: onFailed } = deps;
      const stores = { store: clips, budget, folder: workFolder };
      const stage = renderStage({ archive, cache, renderer, ...stores, clock, metrics, onFailed });
      const worker = startWorker(stage, deps, concurrency.render);
      // A backfill looks at broadcasts that are over.
      if (run !== 'live') return worker;
      const withTails = tail === undefined ? worker : beside(worker, new Tails({ ...deps, ...tail, cache }));
      if (review === undefined) return withTails;
      return beside(withTails, new Reviews({ ...deps, ...review, archives: archive, cache }));
    },
    record: () => startSink(recordStage({ ...deps, results: deps.results() }), deps),
    keep: () => startSink(keepStage({ ...deps, ...deps.kept() }), deps),
    notify: () => startSink(notifyStage(deps.notifier(), run, deps.clipAddress), deps),
  };
  return together(stages.map((stage) => start[stage]()));
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
