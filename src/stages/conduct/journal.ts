import type { JournalEntry, Moment } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';
import { isState, mayFollow, type State } from './life.ts';
import { type Highlight, highlightOf, type StreamState } from './state.ts';

export interface Wish {
  readonly highlightId: string;
  readonly toState: State;
  readonly cause: string;
  readonly reason?: string;
  readonly actor?: string;
  readonly moment?: Moment;
  readonly presets?: readonly string[];
  readonly clips?: readonly string[];
}

/** Appends a wanted transition, once for a revision; it counts when it is read back. */
export function want(stream: StreamState, run: string, wish: Wish): Output[] {
  const highlight = highlightOf(stream, wish.highlightId);
  const fromRevision = highlight?.revision ?? 0;
  if (highlight !== undefined) {
    if (highlight.wanted > fromRevision) return [];
    highlight.wanted = fromRevision + 1;
  }
  const record: JournalEntry = {
    highlightId: wish.highlightId,
    run,
    streamId: stream.streamId,
    channelId: stream.channelId,
    fromRevision,
    toState: wish.toState,
    cause: wish.cause,
    actor: wish.actor ?? 'conduct',
    reason: wish.reason ?? '',
    highlight: wish.moment ?? null,
    presets: wish.presets ?? [],
    clips: wish.clips ?? [],
  };
  return [{ topic: 'highlights.journal', key: stream.channelId, record }];
}

/**
 * Takes an entry that was read back. The first for a revision wins; undefined means that it is void: a later one for
 * the same revision, or a step that the table of transitions does not have.
 */
export function takeEntry(stream: StreamState, entry: JournalEntry): Highlight | undefined {
  const known = highlightOf(stream, entry.highlightId);
  if (entry.fromRevision !== (known?.revision ?? 0)) return undefined;
  if (!isState(entry.toState) || !mayFollow(known?.state ?? 'unknown', entry.toState)) return undefined;
  const moment = entry.highlight ?? known?.moment;
  if (moment === undefined) return undefined;
  const revision = entry.fromRevision + 1;
  const { retries, refusals } = triesOf(known, entry.toState);
  const failure = entry.toState === 'failed' ? entry.reason : '';
  const presets = entry.toState === 'rendering' ? entry.presets : (known?.presets ?? []);
  const outcomes = entry.toState === 'rendering' ? {} : (known?.outcomes ?? {});
  const counts = { failure, retries, refusals, wanted: revision };
  const next: Highlight = { revision, state: entry.toState, moment, presets, outcomes, ...counts };
  stream.highlights[entry.highlightId] = next;
  return next;
}

/** By the journal alone, which a successor may have read before any outcome. */
function triesOf(known: Highlight | undefined, toState: State): Pick<Highlight, 'retries' | 'refusals'> {
  const { retries, refusals } = known ?? { retries: 0, refusals: 0 };
  if (known?.state !== 'failed' || toState !== 'approved') return { retries, refusals };
  return isRefusal(known.failure) ? { retries, refusals: refusals + 1 } : { retries: retries + 1, refusals };
}

/** Whether a budget or the disk had no room, by the error codes that workers write in front of their messages. */
export const isRefusal = (failure: string): boolean => /(^|; )(space|budget): /.test(failure);
