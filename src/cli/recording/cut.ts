import type { CliptideError } from '../../domain/errors.ts';
import type { RankedCandidate, RenderedClip, StreamRanking } from '../../domain/records.gen.ts';
import type { SourceItem } from '../../ports/source.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { ingestArchive, ingestChat } from '../../stages/ingest/stage.ts';
import type { EmbeddedNode } from '../node/node.ts';
import { firstRecord, readTopic } from '../node/watch.ts';
import type { FoundArchive } from './archive.ts';
import { type ClipRow, clipRow } from './cliprow.ts';
import { paced } from './paced.ts';
import type { RenderFailures } from './renderfailures.ts';
import { settledOf } from './settled.ts';
import { isAnyMediaThere } from './trace.ts';

export interface CutOptions {
  readonly node: EmbeddedNode;
  readonly broadcast: Broadcast;
  readonly items: AsyncIterable<readonly SourceItem[]>;
  readonly archive: FoundArchive;
  /** Of its renders; the node fills it. */
  readonly failures: RenderFailures;
  readonly top: number;
  /** Gives a finished file its name among the results. */
  readonly publish: (source: string, name: string) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onRead: (records: number) => void;
  readonly onRanking: (ranking: StreamRanking, chosen: readonly RankedCandidate[]) => void;
  readonly onClip: (row: ClipRow) => Promise<void>;
}

/** A highlight that was wanted and could not be cut. */
export interface Missing {
  readonly candidate: RankedCandidate;
  /** An error's code, and what it says. */
  readonly reason: string;
  /** The errors of its clips that this process has seen, each once. */
  readonly errors: readonly CliptideError[];
}

export interface Cut {
  readonly rows: readonly ClipRow[];
  readonly missing: readonly Missing[];
  /** Nothing at all could be had of a recording that lists media. */
  readonly isRecordingGone: boolean;
}

/** Sends a recording through the running stages and takes the clips of its best highlights out of them. */
export async function cutRecording(options: CutOptions): Promise<Cut> {
  const { node, broadcast, signal } = options;
  await ingestArchive(options.archive(broadcast, node), node.ingest, signal);
  const onProgress = ({ read }: { read: number }): void => options.onRead(read);
  const items = paced(options.items, node.deps, broadcast.channelId);
  await ingestChat(broadcast, { items, live: false, onProgress }, node.ingest, signal);
  signal.throwIfAborted();
  const { streamId, channelId } = broadcast;
  const ofStream = (record: StreamRanking): boolean => record.streamId === streamId;
  const ranking = await firstRecord(node.deps, 'highlights.ranked', channelId, ofStream, signal);
  const chosen = ranking.candidates.slice(0, options.top);
  options.onRanking(ranking, chosen);
  return collect(options, new Map(chosen.map((candidate) => [candidate.highlightId, candidate])));
}

async function collect(options: CutOptions, chosen: ReadonlyMap<string, RankedCandidate>): Promise<Cut> {
  const { node, broadcast, failures, signal } = options;
  const { channelId } = broadcast;
  const rows: ClipRow[] = [];
  const missing: Missing[] = [];
  for await (const { highlightId, state, reason } of settledOf(node.deps, channelId, new Set(chosen.keys()), signal)) {
    const candidate = chosen.get(highlightId);
    if (candidate === undefined) continue;
    // The records of its clips came before the journal's word that it is settled.
    for (const clip of await readTopic(node.deps, 'clips.rendered', channelId)) {
      const isOwn = clip.highlightId === highlightId && clip.outcome === 'done';
      if (isOwn) rows.push(await take(options, clip, candidate));
    }
    if (state !== 'rendered') {
      missing.push({ candidate, reason: reason || state, errors: failures.of(highlightId) });
    }
  }
  rows.sort((a, b) => a.rank - b.rank || (a.preset < b.preset ? -1 : 1));
  missing.sort((a, b) => a.candidate.rank - b.candidate.rank);
  const isRecordingGone = rows.length === 0 && missing.some(isGone) && !(await isThere(options));
  return { rows, missing, isRecordingGone };
}

const isGone = ({ reason }: Missing): boolean => reason.startsWith('media-gone: ');

async function isThere({ node, broadcast, signal }: CutOptions): Promise<boolean> {
  const { log, codec } = node.deps;
  const archive = await new ArchiveTable(log, codec).view(broadcast.streamId, broadcast.channelId);
  if (archive === undefined || archive.opened.type === 'file') return true;
  return isAnyMediaThere(archive, node.cache, signal);
}

async function take(options: CutOptions, clip: RenderedClip, candidate: RankedCandidate): Promise<ClipRow> {
  const { node, broadcast, publish } = options;
  const row = clipRow(clip, candidate, broadcast.zeroAtMs);
  await publish(await node.clips.open(clip.video), row.file);
  if (clip.poster !== '') await publish(await node.clips.open(clip.poster), row.poster);
  await options.onClip(row);
  return row;
}
