import type { Sample } from '../../domain/mp4/track.ts';
import type { Packet, StreamInfo } from './ffprobe.ts';
import type { Frame } from './frames.ts';
import type { PartRun } from './runs.ts';

/** What is told of a track for cutting from it. */
export type SourceTrack = Pick<StreamInfo, 'index' | 'codec' | 'timeBase' | 'sampleRate' | 'rotation'>;

/** A track's packets with the places of their bytes, and what a decoder is told before them. */
export interface TrackBytes {
  readonly config: Buffer;
  readonly samples: readonly Sample[];
}

/** A run's pictures around a span, as they lie in it. Times in seconds on the source's own clock. */
export interface SourceWindow {
  readonly uri: string;
  readonly video: SourceTrack;
  /** Undefined where the window holds no sound. */
  readonly audio: SourceTrack | undefined;
  /** Time at which archive time begins to count in this run: that of its first frame. */
  readonly baseSec: number;
  /** The span on the source's clock. */
  readonly startSec: number;
  readonly endSec: number;
  /** Extent of the sound that was read. */
  readonly sound: Extent | undefined;
  /** In decode order. */
  readonly frames: readonly Frame[];
  /** Whether what comes before the window was passed over. */
  readonly sought: boolean;
  /** The one file that it lies in, and where, so that a copy can be held against it; undefined where that is not known. */
  readonly bytes:
    | { readonly path: string; readonly video: TrackBytes; readonly audio: TrackBytes | undefined }
    | undefined;
}

export interface Extent {
  readonly fromSec: number;
  readonly toSec: number;
}

export interface WindowRequest {
  readonly ffprobe: string;
  readonly run: PartRun;
  /** Archive times, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds read after the span's end, so that every frame before it in presentation was decoded. */
export const afterSec = 2;

/** Extent of what is shown of some packets. */
export function extentOf(packets: readonly Packet[]): Extent {
  let [fromSec, toSec] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { pts, dts, duration, discard } of packets) {
    // AVI tells when a packet is decoded, not when it is shown.
    const time = pts ?? dts;
    if (time === undefined || discard) continue;
    fromSec = Math.min(fromSec, time);
    toSec = Math.max(toSec, time + duration);
  }
  return { fromSec, toSec };
}
