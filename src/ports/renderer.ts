import type { EditPlan } from '../domain/editplan.ts';
import type { LeasedPart } from './mediacache.ts';

export interface RenderRequest {
  readonly plan: EditPlan;
  readonly parts: readonly LeasedPart[];
  /** The sound, where it lies in parts of its own; in the time of the others. */
  readonly sound?: readonly LeasedPart[];
  /** An existing folder of the caller's; outputs are written there and nowhere else. */
  readonly folder: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Probed outputs. */
export interface RenderOutput {
  readonly video: string;
  readonly poster: string;
  readonly durationMs: number;
  /** Extra picture before the start that was asked for, in milliseconds; 0 unless the preset copies. */
  readonly headMs: number;
  readonly bytes: number;
  /** Of the video, hexadecimal. */
  readonly sha256: string;
  readonly cpuSeconds: number;
}

/** Carries an edit plan out. Rejects with `media`, `tool`, `timeout`, `space` or `aborted`, and then leaves no file. */
export interface Renderer {
  render(request: RenderRequest): Promise<RenderOutput>;
}
