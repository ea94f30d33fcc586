import { CliptideError } from '../../domain/errors.ts';
import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { timeOf } from './liveevents.ts';

/** Start of a broadcast whose file has no absolute times and for which none was given: 2020-01-01T00:00:00Z. */
export const fixedStartMs = Date.UTC(2020, 0, 1);

/** How a source begins, with all of its items, those that were looked at included. */
export interface Opening {
  /** Event time of the chat's zero. */
  readonly zeroAtMs: number;
  /** Event time of the first item; earlier than the zero where a file has negative offsets. */
  readonly firstAtMs: number;
  /** Ids that the source's own records give, if they do. */
  readonly streamId: string | undefined;
  readonly channelId: string | undefined;
  readonly items: AsyncIterable<readonly SourceItem[]>;
  /** Lets go of the source, also where nobody has asked for its items. */
  close(): Promise<void>;
}

/**
 * Reads up to the first event to learn where zero is. Relative times count from `startedAtMs`, else from a fixed date;
 * clock times have their zero there, else at a `streamStarted` record or the first event. Rejects with `input` when
 * there is nothing usable.
 */
export async function openSource(
  source: ChatSource,
  startedAtMs: number | undefined,
  signal?: AbortSignal,
): Promise<Opening> {
  const iterator = source.items(signal)[Symbol.asyncIterator]();
  const looked: (readonly SourceItem[])[] = [];
  let damages = 0;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    const first = steadyFirst(next.value.filter((item) => item.kind === 'event' || item.kind === 'native'));
    looked.push(first === undefined ? held(next.value) : next.value);
    if (first !== undefined) {
      const close = async (): Promise<void> => {
        await iterator.return?.();
      };
      return { ...beginning(first, startedAtMs), items: continued(looked, iterator), close };
    }
    damages += next.value.filter((item) => item.kind === 'damaged').length;
    if (damages > mostDamages) break;
  }
  await iterator.return?.();
  signal?.throwIfAborted();
  const damaged = looked.flat().find((item) => item.kind === 'damaged');
  const why = damaged?.kind === 'damaged' ? `; ${source.unit ?? 'record'} ${damaged.position}: ${damaged.reason}` : '';
  throw new CliptideError('input', `No usable event in ${source.name ?? 'the source'}${why}`, {
    ...(source.name === undefined ? {} : { where: source.name }),
    hint: 'Check that it is complete, and that its times are what they should be.',
  });
}

/** A source that begins with more damaged records than this holds nothing usable; they are kept until it shows. */
const mostDamages = 50_000;

/** A batch without an event as it is kept: there may be millions of system lines before the first message. */
function held(batch: readonly SourceItem[]): readonly SourceItem[] {
  const ignored = batch.filter((item) => item.kind === 'ignored');
  const last = ignored.at(-1);
  if (last === undefined || ignored.length === 1) return batch;
  const count = ignored.reduce((sum, item) => sum + (item.count ?? 1), 0);
  const others = batch.filter((item) => item.kind !== 'ignored');
  return [...others, { ...last, count }];
}

type Timed = Extract<SourceItem, { kind: 'event' | 'native' }>;

/** Scoring never follows a jump by more; no broadcast is so long. */
const farthestMs = 7 * 24 * 3_600_000;
const compared = 9;

/** The first event, or where its clock is far from that of most events of its batch, the first that agrees with them. */
function steadyFirst(events: readonly Timed[]): Timed | undefined {
  const [first] = events;
  if (first === undefined || (first.kind === 'event' && 'offsetMs' in first.time)) return first;
  if (first.kind === 'native' && first.event.kind === 'streamStarted') return first;
  const few = events.slice(0, compared);
  const median = few.map(clockOf).sort((a, b) => a - b)[Math.floor((few.length - 1) / 2)] ?? clockOf(first);
  return few.find((event) => Math.abs(clockOf(event) - median) <= farthestMs) ?? first;
}

const clockOf = (event: Timed): number => timeOf(event, 0);

function beginning(first: Timed, startedAtMs: number | undefined) {
  if (first.kind === 'native') {
    const { atMs, kind, streamId, channelId } = first.event;
    const zeroAtMs = kind === 'streamStarted' ? atMs : (startedAtMs ?? atMs);
    return { zeroAtMs, firstAtMs: atMs, streamId, channelId };
  }
  const ids = { streamId: undefined, channelId: undefined };
  if ('clockMs' in first.time) {
    return { zeroAtMs: startedAtMs ?? first.time.clockMs, firstAtMs: first.time.clockMs, ...ids };
  }
  const zeroAtMs = startedAtMs ?? fixedStartMs;
  return { zeroAtMs, firstAtMs: Math.round(zeroAtMs + first.time.offsetMs), ...ids };
}

/** What was looked at, then the rest. */
export async function* continued(
  looked: readonly (readonly SourceItem[])[],
  rest: AsyncIterator<readonly SourceItem[]>,
): AsyncIterable<readonly SourceItem[]> {
  yield* looked;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
