import type { RenderedClip } from '../../domain/records.gen.ts';
import type { ClipMessage, Notifier } from '../../ports/notifier.ts';
import type { SinkStage } from '../../runtime/stage.ts';

/** One message for each rendered clip of a run. Its input is `clips.rendered` and nothing else, so a clip announces no stream. */
export function notifyStage(notifier: Notifier, run = 'live'): SinkStage {
  return {
    name: 'notify',
    inputs: ['clips.rendered'],
    waitsFor: 'webhook',
    maxBatch: 1,
    handle: async (batch, stopping) => {
      for (const input of batch) {
        if (input.topic !== 'clips.rendered') continue;
        const clip = input.record;
        if (clip.outcome === 'done' && clip.run === run) await notifier.deliver(messageOf(clip), stopping);
      }
    },
  };
}

export function messageOf(clip: RenderedClip): ClipMessage {
  const { clipId, highlightId, streamId, channelId, preset, title, startMs, endMs, durationMs, bytes, sha256 } = clip;
  const data = { clipId, highlightId, streamId, channelId, preset, title, startMs, endMs, durationMs, bytes, sha256 };
  return { id: `clip_${clipId}`, type: 'clip.rendered', atMs: clip.onDiskAtMs, data };
}
