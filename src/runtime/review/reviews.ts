import { toCliptideError } from '../../domain/errors.ts';
import { stableId } from '../../domain/ids.ts';
import { mediaClock, soundOfSpan } from '../../domain/mediaclock.ts';
import type { Moment } from '../../domain/records.gen.ts';
import { nodeScopes } from '../../domain/scopes.ts';
import type { ArchiveLookup } from '../../ports/archive.ts';
import type { ArchiveSpan, ArchiveView, EndedHold, MediaCache } from '../../ports/mediacache.ts';
import { againAndAgain, type Companion } from '../beside.ts';
import { tell } from '../budgetrecord.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { looker, reviewedBy, reviewer } from './holders.ts';
import { type Reviewed, ReviewTable } from './reviewtable.ts';

export interface ReviewDependencies extends Pick<RuntimeDependencies, 'log' | 'codec' | 'clock' | 'logger' | 'nodeId'> {
  readonly archives: ArchiveLookup;
  readonly cache: MediaCache;
  /** How long the media of a highlight that was refined waits for its clip. */
  readonly hours: number;
}

/**
 * Keeps the segments of refined highlights in this node's cache until their clips are made, they are decided against, or
 * their time is over. Where they take too much, those of the least score are let go, told in `budget.entries`.
 */
export class Reviews implements Companion {
  readonly #deps: ReviewDependencies;
  readonly #table: ReviewTable;
  readonly #untold: EndedHold[] = [];

  constructor(deps: ReviewDependencies) {
    this.#deps = deps;
    this.#table = new ReviewTable(deps, deps.hours);
  }

  run(partitions: () => ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const complaint = 'Segments of highlights in review are not kept for now';
    return againAndAgain(this.#deps, complaint, () => this.step(partitions()), signal);
  }

  /** Does what the journal says up to now. */
  async step(partitions: ReadonlySet<number>): Promise<void> {
    await this.#table.catchUp(partitions);
    await this.#table.forEachChanged((highlight) => this.#follow(highlight));
    await this.#tellEnded();
  }

  async #follow(highlight: Reviewed): Promise<void> {
    await this.#hold(highlight);
    await this.#deps.cache.letGo(looker(highlight));
  }

  async #hold(highlight: Reviewed): Promise<void> {
    const { archives, cache, clock } = this.#deps;
    const { streamId, channelId, needed } = highlight;
    const holder = reviewer(highlight);
    if (needed === undefined) return cache.letGo(holder);
    if (needed.untilMs <= clock.now()) return;
    const archive = await archives.view(streamId, channelId);
    if (archive === undefined) return;
    const { moment, untilMs } = needed;
    const spans = spansOf(archive, moment);
    if (spans.length > 0) this.#untold.push(...(await cache.hold({ spans, holder, value: moment.score, untilMs })));
  }

  async #tellEnded(): Promise<void> {
    const { logger, nodeId } = this.#deps;
    for (let [ended] = this.#untold; ended !== undefined; [ended] = this.#untold) {
      const { holder, diskBytes: amount } = ended;
      const { highlightId, ...ids } = reviewedBy(holder);
      logger.info('Let go of the segments of a highlight in review', { highlightId, ...ids, bytes: amount });
      const entry = { entryId: stableId('released', nodeId, holder), spendId: highlightId, kind: 'released', amount };
      const reason = 'highlights in review took more than 60 % of the media cache, and this one had the lowest score';
      const scope = nodeScopes(nodeId).cache;
      await tell(this.#deps, { ...ids, taskId: highlightId }, { ...entry, scope, reason });
      this.#untold.shift();
    }
  }
}

/** What a clip of the moment needs, and the sound that refinement listened to. */
function spansOf(archive: ArchiveView, { startMs, endMs, peakMs }: Moment): readonly ArchiveSpan[] {
  const { span } = mediaClock(archive).spanOf(startMs, endMs, peakMs);
  if (span === undefined) return [];
  const picture = { archive, ...span };
  try {
    const sound = soundOfSpan(archive, span);
    return sound === undefined ? [picture] : [picture, { archive: sound.archive, ...sound.span }];
  } catch (error) {
    if (toCliptideError(error).code === 'unavailable') return [picture];
    throw error;
  }
}
