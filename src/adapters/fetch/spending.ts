import type { FetchBudget, FetchSpend } from '../../ports/fetchbudget.ts';
import type { Logger } from '../../ports/logger.ts';

/** Asked for where nothing of the stream was fetched yet. */
const firstBytes = 1024 * 1024;
/** Asked for at once beyond the estimate. */
const stepBytes = 256 * 1024;
/** Weight of the newest segment in the mean. */
const newest = 0.2;
const mostStreams = 1000;

export interface SpendRequest {
  readonly channelId: string;
  readonly streamId: string;
  /** Where a byte range says it. */
  readonly bytes: number | null;
}

/** Downloads under a budget of fetched bytes, if there is one. */
export class Spending {
  readonly #budget: FetchBudget | undefined;
  readonly #logger: Logger;
  readonly #means = new Map<string, number>();

  constructor(budget: FetchBudget | undefined, logger: Logger) {
    this.#budget = budget;
    this.#logger = logger;
  }

  /** Runs a download that tells of every chunk's length; rejects with `budget` when the budget does. */
  async run<T>(request: SpendRequest, work: (onBytes: (bytes: number) => Promise<void>) => Promise<T>): Promise<T> {
    const { channelId, streamId } = request;
    if (this.#budget === undefined) return work(async () => undefined);
    let covered = request.bytes ?? Math.ceil(this.#means.get(streamId) ?? firstBytes);
    const spend = await this.#budget.begin({ channelId, streamId, bytes: covered });
    let total = 0;
    try {
      const result = await work(async (bytes) => {
        total += bytes;
        if (total <= covered) return;
        covered = Math.max(total, covered + stepBytes);
        await spend.cover(covered);
      });
      this.#learn(streamId, total);
      return result;
    } finally {
      await this.#settle(spend, total);
    }
  }

  #learn(streamId: string, bytes: number): void {
    const mean = this.#means.get(streamId) ?? bytes;
    this.#means.delete(streamId);
    this.#means.set(streamId, mean + newest * (bytes - mean));
    const [oldest] = this.#means.size > mostStreams ? this.#means.keys() : [];
    if (oldest !== undefined) this.#means.delete(oldest);
  }

  /** What is not settled stays counted as it was reserved; the media is good all the same. */
  async #settle(spend: FetchSpend, total: number): Promise<void> {
    try {
      await spend.settle(total);
    } catch (error) {
      this.#logger.warn('A download could not be settled with the budget of fetched bytes', { error });
    }
  }
}
