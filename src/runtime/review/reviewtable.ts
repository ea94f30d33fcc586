import type { JournalEntry, Moment } from '../../domain/records.gen.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { readableInput } from '../records.ts';
import { scan } from '../scan.ts';

const topic = 'highlights.journal';
const hourMs = 3_600_000;

/** States in which nothing has been looked at yet, and those in which a clip of what was looked at may still be made. */
const before: readonly string[] = ['detected', 'refining'];
const inReview: readonly string[] = ['refined', 'approved', 'rendering', 'failed'];

/** What the journal says of a highlight. */
export interface Reviewed {
  readonly channelId: string;
  readonly streamId: string;
  readonly highlightId: string;
  /** Undefined once nothing of it is needed any more. */
  readonly needed: { readonly moment: Moment; readonly untilMs: number } | undefined;
}

interface Known extends Reviewed {
  readonly revision: number;
  readonly moment: Moment | undefined;
  readonly atMs: number;
}

/**
 * `highlights.journal` of live highlights as far back as a review lasts, read on demand up to the log's end, without a
 * consumer group. A partition that was asked for once is followed on: what is held here was refined here, whoever
 * renders it now.
 */
export class ReviewTable {
  readonly #deps: Pick<RuntimeDependencies, 'log' | 'codec' | 'clock'>;
  readonly #hoursMs: number;
  readonly #positions = new Map<number, number>();
  /** The one that changed last is last. */
  readonly #known = new Map<string, Known>();
  readonly #changed = new Set<string>();

  constructor(deps: Pick<RuntimeDependencies, 'log' | 'codec' | 'clock'>, hours: number) {
    this.#deps = deps;
    this.#hoursMs = hours * hourMs;
  }

  async catchUp(partitions: ReadonlySet<number>): Promise<void> {
    const { log, codec, clock } = this.#deps;
    const oldestMs = clock.now() - this.#hoursMs;
    for (const partition of new Set([...this.#positions.keys(), ...partitions])) {
      const from = this.#positions.get(partition) ?? (await log.offsetAt(topic, partition, oldestMs));
      this.#positions.set(partition, from);
      for await (const records of scan({ log, codec }, topic, partition, from)) {
        for (const record of records) {
          const entry = readableInput<typeof topic>(codec, record)?.record;
          if (entry?.run === 'live') this.#apply(entry, record.appendedAtMs);
          this.#positions.set(partition, record.offset + 1);
        }
      }
    }
    this.#forget(oldestMs);
  }

  /**
   * Calls for each highlight of which something is to be let go or held, in this order, so that nothing is too much that
   * need not be; again where that failed. Rejects with the first failure, after all.
   */
  async forEachChanged(act: (highlight: Reviewed) => Promise<void>): Promise<void> {
    const changed = [...this.#changed].flatMap((highlightId) => this.#known.get(highlightId) ?? []);
    let failure: unknown;
    for (const one of changed.toSorted((a, b) => Number(a.needed !== undefined) - Number(b.needed !== undefined))) {
      try {
        await act(one);
        this.#changed.delete(one.highlightId);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  #apply(entry: JournalEntry, atMs: number): void {
    const { channelId, streamId, highlightId, fromRevision, toState } = entry;
    const known = this.#known.get(highlightId);
    // The first entry for a revision wins.
    if (known !== undefined && fromRevision < known.revision) return;
    const moment = entry.highlight ?? known?.moment;
    const untilMs = known?.needed?.untilMs ?? atMs + this.#hoursMs;
    const needed = moment !== undefined && inReview.includes(toState) ? { moment, untilMs } : undefined;
    const ids = { channelId, streamId, highlightId };
    this.#known.delete(highlightId);
    this.#known.set(highlightId, { ...ids, revision: fromRevision + 1, moment, needed, atMs });
    if (!before.includes(toState)) this.#changed.add(highlightId);
  }

  /** What nothing was said of for so long is held no more. */
  #forget(oldestMs: number): void {
    for (const [highlightId, { atMs }] of this.#known) {
      if (atMs >= oldestMs) return;
      this.#known.delete(highlightId);
      this.#changed.delete(highlightId);
    }
  }
}
