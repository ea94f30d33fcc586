import { CliptideError } from './errors.ts';

/** How a node's cap on its data folder is shared out, in bytes; the parts sum up to no more than the cap. */
export interface Shares {
  /** Cached segments, in the quota ledger. */
  readonly cache: number;
  /** Stored clips, in the quota ledger. */
  readonly clips: number;
  /** Kept files of broadcasts' events, in the quota ledger: the oldest go when a new one needs room. */
  readonly events: number;
  /** The event log: its oldest records go when it is larger. */
  readonly log: number;
  /** The results engine's files: the oldest rows of its large tables go before they take more. */
  readonly results: number;
  /** Headroom of the ledger and of what is being rendered. */
  readonly headroom: number;
}

/** What an empty log and empty results take, with room for one clip at work. */
export const leastCapBytes = 1e8;

/**
 * A quarter of the cap for the event log, an eighth each for the results and as headroom, a sixteenth for kept events,
 * the cache what is configured, and clips the rest.
 * Throws `budget` when the cap is too small for anything, `config` when the cache leaves nothing for clips.
 */
export function sharesOf(capBytes: number, cacheCapBytes: number): Shares {
  if (capBytes < leastCapBytes) {
    throw new CliptideError('budget', `dataCapBytes (${capBytes}) is less than an empty data folder needs`, {
      where: 'dataCapBytes',
      hint: `make it ${leastCapBytes} or more`,
    });
  }
  const log = Math.floor(capBytes / 4);
  const results = Math.floor(capBytes / 8);
  const headroom = Math.floor(capBytes / 8);
  const events = Math.floor(capBytes / 16);
  const clips = capBytes - log - results - headroom - events - cacheCapBytes;
  if (clips > 0) return { cache: cacheCapBytes, clips, events, log, results, headroom };
  throw new CliptideError('config', 'cacheCapBytes leaves no room for clips within dataCapBytes', {
    where: 'cacheCapBytes',
    hint: `make it less than ${capBytes - log - results - headroom - events}, or dataCapBytes larger`,
  });
}
