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
