import type { ArchiveView } from '../../src/domain/mediaclock.ts';
import type { ArchiveOpened, ArchiveSegment } from '../../src/domain/records.gen.ts';

/** 2026-05-01T12:00:00Z. */
export const zeroAtMs = 1_777_636_800_000;

export interface SegmentShape {
  readonly seconds?: number;
  /** Seconds after `zeroAtMs`. */
  readonly at?: number;
  readonly gap?: boolean;
  readonly discontinuity?: boolean;
  readonly uri?: string;
}

/** An HLS archive whose segments follow each other, each 2 s long unless it says otherwise. */
export function archiveOf(
  shapes: readonly SegmentShape[],
  opened: Partial<ArchiveOpened> = {},
  ended = false,
): ArchiveView {
  let startMs = 0;
  const segments = shapes.map((shape, sequence): ArchiveSegment => {
    const durationMs = (shape.seconds ?? 2) * 1000;
    const segment: ArchiveSegment = {
      sequence,
      media: { uri: shape.uri ?? `http://127.0.0.1/s${sequence}.ts`, byteOffset: null, byteLength: null, key: null },
      init: null,
      startMs,
      durationMs,
      programDateTimeMs: shape.at === undefined ? null : zeroAtMs + Math.round(shape.at * 1000),
      discontinuity: shape.discontinuity ?? false,
      gap: shape.gap ?? false,
      muted: false,
      windowMs: null,
    };
    startMs += durationMs;
    return segment;
  });
  return { streamId: 'stream', channelId: 'channel', opened: { ...openedHls, ...opened }, segments, ended };
}

const openedHls: ArchiveOpened = {
  uri: 'http://127.0.0.1/live.m3u8',
  type: 'hls',
  clock: 'offset',
  zeroAtMs,
  offsetMs: 0,
  durationMs: null,
  hasVideo: true,
  hasAudio: true,
  source: null,
};
