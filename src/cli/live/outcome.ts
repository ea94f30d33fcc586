import type { StreamRanking } from '../../domain/records.gen.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { isRefusal, takeEntry } from '../../stages/conduct/journal.ts';
import type { State } from '../../stages/conduct/life.ts';
import { createState, type Highlight, type StreamState, streamKey } from '../../stages/conduct/state.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { type ExitCode, exit } from '../exit.ts';
import { readTopic } from '../node/watch.ts';

export type BroadcastIds = Pick<Broadcast, 'streamId' | 'channelId'>;

/** What has become of a broadcast's highlights and clips. */
export interface Outcome {
  /** The scorer's counts of its events; undefined until it has ended. */
  readonly fates: StreamRanking['fates'] | undefined;
  readonly highlights: number;
  /** Clips of highlights that were approved: one a preset. */
  readonly wanted: number;
  readonly made: number;
  /** Clips for which a budget or the disk had no room at the last try. */
  readonly refused: number;
  /** Clips that could not be cut for another reason. */
  readonly failed: number;
  /** Highlights whose clips are neither made nor given up. */
  readonly open: number;
}

/** What became of clips. */
export type ClipCounts = Pick<Outcome, 'wanted' | 'made' | 'refused' | 'failed'>;

const ends: ReadonlySet<State> = new Set(['rendered', 'failed', 'rejected', 'expired']);
const wanting: ReadonlySet<State> = new Set(['approved', 'rendering', 'rendered', 'failed']);

/** Read from the topics as they are now. */
export async function outcomeOf(ids: BroadcastIds, deps: StatefulDependencies): Promise<Outcome> {
  const { streamId, channelId } = ids;
  const isOwn = (record: { readonly streamId: string; readonly run: string }): boolean =>
    record.streamId === streamId && record.run === deps.run;
  const ranking = (await readTopic(deps, 'highlights.ranked', channelId)).find(isOwn);
  // A scorer that was killed tells of its last highlight again.
  const found = (await readTopic(deps, 'highlights.detected', channelId)).filter(isOwn);
  const detected = new Set(found.map(({ highlightId }) => highlightId)).size;
  const highlights = await journalled(ids, deps);
  const last = new Map<string, string>();
  // A clip that is made stays made, whatever the next try of its highlight's other presets says.
  for (const clip of (await readTopic(deps, 'clips.rendered', channelId)).filter(isOwn)) {
    const key = `${clip.highlightId} ${clip.preset}`;
    if (last.get(key) !== '') last.set(key, clip.outcome === 'done' ? '' : clip.error);
  }
  const wanted = Object.entries(highlights)
    .filter(([, { state }]) => wanting.has(state))
    .flatMap(([id, { presets }]) => presets.map((preset) => last.get(`${id} ${preset}`)));
  const missed = wanted.filter((error) => error !== undefined && error !== '');
  const refused = missed.filter((error) => isRefusal(error ?? '')).length;
  const ended = Object.values(highlights).filter(({ state }) => ends.has(state)).length;
  return {
    fates: ranking?.fates,
    highlights: detected,
    wanted: wanted.length,
    made: wanted.filter((error) => error === '').length,
    refused,
    failed: missed.length - refused,
    open: detected - ended,
  };
}

/** A broadcast's highlights by their ids, as the journal has made them. */
export async function journalled(
  { streamId, channelId }: BroadcastIds,
  deps: StatefulDependencies,
): Promise<Readonly<Record<string, Highlight>>> {
  const stream = createState(streamKey(streamId)) as StreamState;
  for (const entry of await readTopic(deps, 'highlights.journal', channelId)) {
    if (entry.streamId === streamId && entry.run === deps.run) takeEntry(stream, entry);
  }
  return stream.highlights;
}

/** What a command ends with that made clips. */
export function exitOf({ refused, failed }: Pick<Outcome, 'refused' | 'failed'>): ExitCode {
  if (refused > 0) return exit.refused;
  return failed > 0 ? exit.failed : exit.done;
}
