import type { LeasedPart } from './mediacache.ts';

/** A span of archive time, in milliseconds. */
export interface ArchiveSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface MediaFindings {
  /** Spans in which the sound is silent; empty where there is no sound. */
  readonly silences: readonly ArchiveSpan[];
  /** Archive times of scene cuts, in milliseconds. */
  readonly sceneCuts: readonly number[];
}

/** Looks for boundaries in leased media. */
export interface MediaAnalyzer {
  /** `only` sound: the parts have no picture, and there are no cuts. */
  analyze(
    parts: readonly LeasedPart[],
    span: ArchiveSpan,
    signal?: AbortSignal,
    only?: 'sound',
  ): Promise<MediaFindings>;
}
