import { CliptideError } from './errors.ts';

/** How a preset makes a clip. */
export interface Preset {
  readonly name: string;
  /** `copy`: stream copy from the key frame before the start. `encode`: exact to the frame, one encode. */
  readonly method: 'copy' | 'encode';
}

/** What to cut, as pure data: equal input gives an equal plan. Times are archive times in milliseconds. */
export interface EditPlan {
  readonly preset: Preset;
  readonly startMs: number;
  readonly endMs: number;
  readonly peakMs: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly title: string;
}

/** What a plan is made from. */
export interface EditRequest {
  readonly preset: Preset;
  /** The span to cut, in archive time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Archive time of the peak, wherever it lies. */
  readonly peakMs: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly title: string;
}

/** The plan for a span; the peak is moved into it. Throws `internal` for a span that is empty or no span. */
export function editPlan(request: EditRequest): EditPlan {
  const { fromMs, toMs, peakMs, ...rest } = request;
  if (!(toMs > fromMs) || !Number.isFinite(toMs - fromMs)) {
    throw new CliptideError('internal', `cannot cut from ${fromMs} ms to ${toMs} ms`);
  }
  return { ...rest, startMs: fromMs, endMs: toMs, peakMs: Math.min(toMs, Math.max(fromMs, peakMs)) };
}
