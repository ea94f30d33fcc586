import { openPlaylist } from '../../adapters/hls/source.ts';
import type { Config, SourceConfig } from '../../config/config.ts';
import { maxLengthMs } from '../../domain/boundaries.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import { formatBytes } from '../bytes.ts';
import { type Finding, ok, warn } from './finding.ts';

type TailConfig = Pick<Config, 'tail' | 'sources' | 'data' | 'scoring'>;

/** For one playlist, in milliseconds. */
const deadlineMs = 10_000;
/** From a moment on screen until its highlight is decided and refined: chat's own lag and the wait for its end. */
const lagSec = 30;
/** The share of the media cache that may be pinned for long; the rest is for the clips at work. */
const mostShare = 0.6;

const leastSecOf = ({ latenessMs }: Config['scoring']): number =>
  lagSec + Math.ceil((latenessMs + maxLengthMs) / 1_000);

/** Whether the tails that the configured sources may need fit into the cache and are long enough. */
export function checkTails({ tail, sources, data, scoring }: TailConfig): Finding {
  const leastSec = leastSecOf(scoring);
  const lost = `clips of live playlists that list less than ${leastSec} s can be lost`;
  if (tail.seconds < leastSec && sources.length > 0) {
    return warn('tails', `${tail.seconds} s: ${lost}`, `set tail.seconds to ${leastSec} or more`);
  }
  const bytes = sources.length * tail.capBytes;
  const gigabits = (bytes * 8) / Math.max(1, tail.seconds) / 1e9;
  const each = `${sources.length} channels, each ${formatBytes(tail.capBytes)} for ${tail.seconds} s`;
  const sum = `${each}: at most ${formatBytes(bytes)} and ${gigabits.toFixed(2)} Gb/s`;
  if (bytes <= data.cacheCapBytes * mostShare) return ok('tails', sum);
  const least = formatBytes(Math.ceil(bytes / mostShare));
  const todo = `raise cacheCapBytes to ${least}, lower tail.capBytes, or give channels to more nodes`;
  return warn('tails', `${sum}; the cache holds ${formatBytes(data.cacheCapBytes)}`, todo);
}

/** Whether a source's playlist lists its segments long enough, or a tail makes up for it; it is read once. */
export async function checkWindow(
  { streamId, hls }: Pick<SourceConfig, 'streamId' | 'hls'>,
  { tail, scoring }: TailConfig,
  fetcher: Fetcher,
): Promise<Finding> {
  const name = `playlist ${streamId}`;
  try {
    const { playlist } = (await openPlaylist(hls, fetcher, AbortSignal.timeout(deadlineMs))).first;
    if (!playlist.slides) return ok(name, 'nothing has left it');
    const windowSec = Math.floor(playlist.segments.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000);
    const leastSec = leastSecOf(scoring);
    if (windowSec >= leastSec) return ok(name, `lists ${windowSec} s`);
    if (tail.seconds >= leastSec) return ok(name, `lists ${windowSec} s; a tail of ${tail.seconds} s is kept`);
    const found = `lists ${windowSec} s, and clips need ${leastSec} s`;
    return warn(name, found, `set tail.seconds to ${leastSec} or more`);
  } catch (error) {
    const { message } = toCliptideError(error);
    return warn(name, message, 'it is waited for; correct "hls" if it is never there');
  }
}
