/** Paths of the executables. */
export interface Tools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** What a step may take. */
export interface Bounds {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}
