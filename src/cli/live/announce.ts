import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import type { CommandContext } from '../context.ts';
import type { PipelineNode } from '../node/node.ts';
import { watchTopic } from '../node/watch.ts';
import { clockName } from '../recording/cliprow.ts';
import { highlightLine } from '../recording/scorelines.ts';

/** Says what becomes of a broadcast as it does: highlights as they come, clips as they are done. */
export async function announce(
  broadcast: Broadcast,
  node: PipelineNode,
  context: CommandContext,
  how: Announcing,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([highlights(broadcast, node, context, how, signal), clips(broadcast, node, context, how, signal)]);
}

export interface Announcing {
  /** Whether each is a line of JSON on standard output as well. */
  readonly json: boolean;
  /** `end` passes over what was there before, such as before a restart. */
  readonly from: 'start' | 'end';
}

async function highlights(
  { streamId, channelId, zeroAtMs }: Broadcast,
  node: PipelineNode,
  { terminal, output }: CommandContext,
  { json, from }: Announcing,
  signal: AbortSignal,
): Promise<void> {
  for await (const highlight of watchTopic(node.deps, 'highlights.detected', channelId, signal, from)) {
    if (highlight.streamId !== streamId) continue;
    if (json) await output.write(highlightLine(highlight, zeroAtMs));
    const said = highlight.terms.map((term) => term.text).join(' ');
    const at = clockName((highlight.startMs - zeroAtMs) / 1_000).replaceAll('.', ':');
    terminal.line(`highlight at ${at}, score ${highlight.score.toFixed(2)}: ${said}`);
  }
}

async function clips(
  { streamId, channelId, zeroAtMs }: Broadcast,
  node: PipelineNode,
  { terminal, output }: CommandContext,
  { json, from }: Announcing,
  signal: AbortSignal,
): Promise<void> {
  for await (const clip of watchTopic(node.deps, 'clips.rendered', channelId, signal, from)) {
    if (clip.streamId !== streamId) continue;
    if (clip.outcome !== 'done') {
      terminal.line(`a clip of ${clip.highlightId.slice(0, 8)} failed: ${clip.error}`);
      continue;
    }
    const { highlightId, preset, title, sha256, bytes } = clip;
    const file = await node.clips.open(clip.video);
    const times = { startSec: (clip.startMs - zeroAtMs) / 1_000, durationSec: clip.durationMs / 1_000 };
    if (json) await output.write({ kind: 'clip', highlightId, preset, title, file, ...times, bytes, sha256 });
    terminal.line(`clip ${preset} "${title}", ${times.durationSec.toFixed(1)} s: ${file}`);
  }
}
