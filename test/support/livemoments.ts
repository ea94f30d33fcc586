import type { ArchiveEvent } from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';

const zeroMs = Date.UTC(2026, 2, 1);
const ids = { streamId: 'stream', channelId: 'channel' };
const segmentMs = 4_000;

/** An archive of so many seconds on a remote origin, complete. */
export function archiveEvents(origin: string, seconds: number): Output[] {
  const empty = { opened: null, segment: null, ended: null, sound: null };
  const output = (kind: string, eventId: string, body: Partial<ArchiveEvent>): Output => ({
    topic: 'archive.events',
    key: ids.channelId,
    record: { eventId, ...ids, atMs: zeroMs, kind, ...empty, ...body },
  });
  const clock = { clock: 'programDateTime', zeroAtMs: zeroMs, offsetMs: 0, durationMs: null };
  const opened = { uri: `${origin}/live.m3u8`, type: 'hls', ...clock, hasVideo: true, hasAudio: true, source: null };
  const segments = Array.from({ length: Math.floor((seconds * 1_000) / segmentMs) }, (_, sequence) =>
    output('segment', `segment-${sequence}`, {
      segment: {
        sequence,
        media: { uri: `${origin}/${sequence}.ts`, byteOffset: null, byteLength: null, key: null },
        init: null,
        startMs: sequence * segmentMs,
        durationMs: segmentMs,
        programDateTimeMs: zeroMs + sequence * segmentMs,
        discontinuity: false,
        gap: false,
        muted: false,
        windowMs: null,
      },
    }),
  );
  const ended = output('ended', 'ended', { ended: { durationMs: segments.length * segmentMs } });
  return [output('opened', 'opened', { opened }), ...segments, ended];
}

/** A highlight around a second of the broadcast. */
export function momentAt(highlightId: string, second: number): Output {
  const peakMs = zeroMs + second * 1_000;
  return {
    topic: 'highlights.detected',
    key: ids.channelId,
    record: {
      highlightId,
      run: 'live',
      ...ids,
      startMs: peakMs - 15_000,
      peakMs,
      endMs: peakMs + 5_000,
      score: 1,
      threshold: 0.5,
      contributions: {},
      terms: [],
      emittedAtMs: peakMs + 3_000,
      model: 'test',
    },
  };
}
