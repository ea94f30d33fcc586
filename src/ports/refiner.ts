import type { RefineTask, Term } from '../domain/records.gen.ts';
import type { MediaFindings } from './analyzer.ts';

export interface RefineInput {
  readonly task: RefineTask;
  readonly terms: readonly Term[];
  /** In event time (milliseconds since 1970-01-01 UTC), unlike the analyzer's; null where there is no media. */
  readonly findings: MediaFindings | null;
}

export interface Refinement {
  readonly startMs: number;
  readonly peakMs: number;
  readonly endMs: number;
  readonly title: string;
  readonly tags: readonly string[];
  readonly reasons: readonly string[];
  /** `heuristics`, or the model's name. */
  readonly refinedBy: string;
}

/** Turns a detected moment into boundaries, a title and tags. */
export interface Refiner {
  refine(input: RefineInput, signal?: AbortSignal): Promise<Refinement>;
}
