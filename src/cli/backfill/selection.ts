import { nearest } from '../../config/nearest.ts';
import { CliptideError } from '../../domain/errors.ts';
import { startedAtMs } from '../recording/startedat.ts';
import type { EndedBroadcast } from './catalogue.ts';

/** Which broadcasts a backfill replays: one, or those that a range of times touches; all unless said. */
export interface Selection {
  readonly streamId: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export interface SelectionOptions {
  readonly stream?: string;
  readonly from?: string;
  readonly to?: string;
}

export function selectionOf({ stream, from, to }: SelectionOptions): Selection {
  if (stream !== undefined && (from !== undefined || to !== undefined)) {
    throw new CliptideError('usage', '--stream names one broadcast; --from and --to choose them by time', {
      hint: 'give one or the other',
    });
  }
  const fromMs = startedAtMs(from, '--from');
  const toMs = startedAtMs(to, '--to');
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new CliptideError('usage', '--to is not after --from', { hint: 'the range is from --from up to --to' });
  }
  return { streamId: stream, fromMs, toMs };
}

export interface Chosen {
  readonly broadcasts: readonly EndedBroadcast[];
  /** Those that were chosen as well, and of which neither file nor topic has the events any more. */
  readonly gone: readonly EndedBroadcast[];
}

/** The chosen broadcasts, each as a whole, oldest first. Throws `usage` with what there is when there are none. */
export function chosen(all: ReadonlyMap<string, EndedBroadcast>, selection: Selection): Chosen {
  const { streamId, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = selection;
  const broadcasts = [...all.values()];
  const found =
    streamId === undefined
      ? broadcasts.filter(({ zeroAtMs, endedAtMs }) => zeroAtMs < toMs && endedAtMs >= fromMs)
      : broadcasts.filter((broadcast) => broadcast.streamId === streamId);
  const there = found.filter(({ from }) => from !== 'gone');
  if (there.length > 0) return { broadcasts: there, gone: found.filter(({ from }) => from === 'gone') };
  throw nothingChosen(all, selection, found);
}

function nothingChosen(
  all: ReadonlyMap<string, EndedBroadcast>,
  { streamId }: Selection,
  gone: readonly EndedBroadcast[],
): CliptideError {
  const [first] = gone;
  if (first !== undefined) {
    return new CliptideError(
      'usage',
      `the events of ${first.streamId} are gone: its topic has let them go, and there is no file`,
      {
        hint: `what there is: ${listed(all)}`,
      },
    );
  }
  if (all.size === 0) {
    return new CliptideError('usage', 'no broadcast has ended here', {
      hint: 'choose the data folder with --data; a broadcast can be replayed once it has ended',
    });
  }
  if (streamId === undefined) {
    return new CliptideError('usage', 'no broadcast that has ended lies in this range', {
      hint: `what there is: ${listed(all)}`,
    });
  }
  const near = nearest(streamId, all.keys());
  return new CliptideError(
    'usage',
    `no broadcast ${streamId} has ended here${near === undefined ? '' : `; did you mean ${near}?`}`,
    {
      hint: `what there is: ${listed(all)}`,
    },
  );
}

const mostListed = 10;

function listed(all: ReadonlyMap<string, EndedBroadcast>): string {
  const there = [...all.values()].filter(({ from }) => from !== 'gone');
  if (there.length === 0) return 'nothing that could be replayed';
  const names = there.slice(-mostListed).map(({ streamId, zeroAtMs }) => `${streamId} (${timeOf(zeroAtMs)})`);
  const more = there.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} before these` : '');
}

export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
