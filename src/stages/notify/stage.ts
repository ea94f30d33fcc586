import type { RenderedClip } from '../../domain/records.gen.ts';
import type { ClipMessage, Notifier } from '../../ports/notifier.ts';
import type { SinkStage } from '../../runtime/stage.ts';

/** Where a clip's file is, unless it is elsewhere. */
const belowDataFolder = (key: string): string => `clips/${key}`;

/**
 * One message for each rendered clip of a run, with where its file is. Its input is `clips.rendered` and nothing else, so
 * a clip announces no stream.
 */
export function notifyStage(notifier: Notifier, run = 'live', clipAddress = belowDataFolder): SinkStage {
  return {
    name: 'notify',
    inputs: ['clips.rendered'],
    waitsFor: 'webhook',
    maxBatch: 1,
    handle: async (batch, stopping) => {
      for (const input of batch) {
        if (input.topic !== 'clips.rendered') continue;
        const clip = input.record;
        if (clip.outcome === 'done' && clip.run === run) await notifier.deliver(messageOf(clip, clipAddress), stopping);
      }
    },
  };
}

function messageOf(clip: RenderedClip, clipAddress: (key: string) => string): ClipMessage {
  const { clipId, highlightId, streamId, channelId, preset, title, startMs, endMs, durationMs, bytes, sha256 } = clip;
  const ids = { clipId, highlightId, streamId, channelId };
  const data = { ...ids, preset, title, startMs, endMs, durationMs, bytes, sha256, file: clipAddress(clip.video) };
  return { id: `clip_${clipId}`, type: 'clip.rendered', atMs: clip.onDiskAtMs, data };
}
