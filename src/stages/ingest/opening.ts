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
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    looked.push(next.value);
    const first = steadyFirst(next.value.filter((item) => item.kind === 'event' || item.kind === 'native'));
    if (first !== undefined) {
      const close = async (): Promise<void> => {
        await iterator.return?.();
      };
      return { ...beginning(first, startedAtMs), items: continued(looked, iterator), close };
    }
  }
  signal?.throwIfAborted();
  const damaged = looked.flat().find((item) => item.kind === 'damaged');
  const where = damaged === undefined ? {} : { where: `record ${damaged.position}` };
  const why = damaged?.kind === 'damaged' ? `: ${damaged.reason}` : '';
  throw new CliptideError('input', `the ${source.format} file holds no usable message${why}`, {
    ...where,
    hint: 'check that the export is complete',
  });
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

async function* continued(
  looked: readonly (readonly SourceItem[])[],
  rest: AsyncIterator<readonly SourceItem[]>,
): AsyncIterable<readonly SourceItem[]> {
  yield* looked;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
