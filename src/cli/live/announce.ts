import { toCliptideError } from '../../domain/errors.ts';
import type { DetectedHighlight, RenderedClip } from '../../domain/records.gen.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import type { CommandContext } from '../context.ts';
import type { PipelineNode } from '../node/node.ts';
import { readTopic, watchTopic } from '../node/watch.ts';
import { clockAt } from '../recording/cliprow.ts';
import { highlightLine, probabilityIn } from '../recording/scorelines.ts';
import { detectedAtMs, missedLine, nextTry } from './missed.ts';

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
  /** Whether the process is there when a clip is tried again. */
  readonly goesOn: boolean;
  /** What stands before each line, where more than one broadcast is watched. */
  readonly name?: string;
  /** Counts what was said. */
  readonly told?: Told;
}

export interface Told {
  highlights: number;
  clips: number;
}

const prefixOf = (name: string | undefined): string => (name === undefined ? '' : `${name}: `);

const lookEveryMs = 20;

/** Resolves when all that the topics hold of a broadcast now has been said, by who announces from their start. */
export async function allTold(
  { streamId, channelId }: Pick<Broadcast, 'streamId' | 'channelId'>,
  { deps }: PipelineNode,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  const own = (records: readonly { readonly streamId: string }[]): number =>
    records.filter((record) => record.streamId === streamId).length;
  const highlights = own(await readTopic(deps, 'highlights.detected', channelId));
  const clips = own(await readTopic(deps, 'clips.rendered', channelId));
  while (told.highlights < highlights || told.clips < clips) await deps.clock.sleep(lookEveryMs, signal);
}

async function highlights(
  { streamId, channelId, zeroAtMs }: Broadcast,
  node: PipelineNode,
  { terminal, output }: CommandContext,
  { json, from, told, name }: Announcing,
  signal: AbortSignal,
): Promise<void> {
  const said = new Set<string>();
  for await (const highlight of watchTopic(node.deps, 'highlights.detected', channelId, signal, from)) {
    if (highlight.streamId !== streamId) continue;
    // A scorer that was killed tells of its last one again.
    if (!said.has(highlight.highlightId)) {
      said.add(highlight.highlightId);
      if (json) await output.write(highlightLine(highlight, zeroAtMs, probabilityIn(highlight, node.models)));
      terminal.line(prefixOf(name) + foundLine(highlight, zeroAtMs));
    }
    if (told !== undefined) told.highlights += 1;
  }
}

/** For people: when a highlight began, and what chat said, if there were words to it. */
export function foundLine({ startMs, score, terms }: DetectedHighlight, zeroAtMs: number): string {
  const said = terms.map((term) => term.text).join(' ');
  const what = `highlight at ${clockAt(startMs, zeroAtMs)}, score ${score.toFixed(2)}`;
  return said === '' ? what : `${what}: ${said}`;
}

async function clips(
  broadcast: Broadcast,
  node: PipelineNode,
  context: CommandContext,
  how: Announcing,
  signal: AbortSignal,
): Promise<void> {
  const { from, told } = how;
  const { streamId, channelId, zeroAtMs } = broadcast;
  for await (const clip of watchTopic(node.deps, 'clips.rendered', channelId, signal, from)) {
    if (clip.streamId !== streamId) continue;
    await sayClip(clip, zeroAtMs, node, context, how);
    if (told !== undefined) told.clips += 1;
  }
}

async function sayClip(
  clip: RenderedClip,
  zeroAtMs: number,
  node: PipelineNode,
  { terminal, output }: CommandContext,
  { json, goesOn, name }: Announcing,
): Promise<void> {
  const { highlightId, preset, title, sha256, bytes } = clip;
  if (clip.outcome !== 'done') {
    const at = clockAt(await detectedAtMs(clip, node.deps), zeroAtMs);
    const next = goesOn ? await nextTry(clip, node.deps) : undefined;
    terminal.line(`${prefixOf(name)}${missedLine(clip, at, node.folder, next)}`);
    return;
  }
  const place = await placeOf(clip, node).catch((error) => {
    // The next clip may be there. Its webhook does not need the file.
    const { message, where, hint } = toCliptideError(error);
    const what = `clip ${preset} "${title}" is rendered, and its file cannot be had: ${message}`;
    const lines = [what, where && `  where: ${where}`, hint && `  to do: ${hint}`];
    terminal.line(lines.filter((line) => line !== undefined && line !== '').join('\n'));
  });
  if (place === undefined) return;
  const times = { startSec: (clip.startMs - zeroAtMs) / 1_000, durationSec: clip.durationMs / 1_000 };
  if (json) await output.write({ kind: 'clip', highlightId, preset, title, ...place, ...times, bytes, sha256 });
  terminal.line(
    `${prefixOf(name)}clip ${preset} "${title}", ${times.durationSec.toFixed(1)} s: ${place.link ?? place.file}`,
  );
}

/** Where the clip's file is, and its address where the store gives any. */
async function placeOf(
  { video }: RenderedClip,
  { clips: store }: PipelineNode,
): Promise<{ readonly file: string; readonly link?: string }> {
  const file = await store.open(video);
  const link = await store.link?.(video);
  return { file, ...(link === undefined ? {} : { link }) };
}
