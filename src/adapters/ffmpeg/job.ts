import type { RenderOutput, RenderRequest } from '../../ports/renderer.ts';
import type { Expectation } from './check.ts';
import type { Piece } from './encode.ts';
import type { Bounds, Tools } from './tools.ts';

/** A clip that is to be made of pieces. */
export interface Job {
  readonly tools: Tools;
  readonly request: RenderRequest;
  readonly pieces: readonly Piece[];
  readonly expected: Expectation;
  /** Where video and poster are written. */
  readonly part: { readonly video: string; readonly poster: string };
  /** What is left of the job's time. */
  readonly bounds: (signal?: AbortSignal) => Bounds;
}

export type Made = Omit<RenderOutput, 'video' | 'poster'>;
