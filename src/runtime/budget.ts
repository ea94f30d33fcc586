import { randomUUID } from 'node:crypto';
import { limitOf } from '../domain/budgets.ts';
import { CliptideError, toCliptideError } from '../domain/errors.ts';
import type { BudgetEntry } from '../domain/records.gen.ts';
import { type Spending, spendingScope, windowMs } from '../domain/scopes.ts';
import { type BudgetParts, type Spender, tell } from './budgetrecord.ts';
import { spentOf } from './budgetspent.ts';

export interface SpendRequest extends Spender {
  readonly what: Spending;
  /** An estimate, in the scope's unit. */
  readonly amount: number;
  readonly signal?: AbortSignal;
}

/** Something that is being spent. One caller at a time. */
export interface Spend {
  /** Makes it at least so much in all; rejects with `budget` when that does not fit. */
  cover(total: number): Promise<void>;
  /** What it really was, which takes the place of the estimate; without it the estimate counts. */
  settle(actual: number): Promise<void>;
}

/** What does not fit waits for a moment: work that settles gives back what it did not need. */
const maxWaitMs = 5_000;
/** For the time between the ledger's answer and the record. */
const ttlMs = 60_000;

/**
 * Reserves for a channel what it is about to spend: in the ledger, then as a record in `budget.entries`, from which the
 * ledger is rebuilt when it is lost. It counts as used at once, so that no end of a lease gives back what a process that
 * died may have spent. Rejects with `budget`, which is on the record too, and `unavailable`.
 */
export async function spend(parts: BudgetParts, request: SpendRequest): Promise<Spend> {
  const one = new OneSpend(parts, request);
  await one.cover(request.amount);
  return one;
}

type Told = Pick<BudgetEntry, 'kind' | 'amount'> & Partial<Pick<BudgetEntry, 'place' | 'generation' | 'reason'>>;

class OneSpend implements Spend {
  readonly #parts: BudgetParts;
  readonly #request: SpendRequest;
  readonly #scope: string;
  readonly #untilMs: number;
  readonly #spendId = randomUUID();
  #entries = 0;
  #held = 0;

  constructor(parts: BudgetParts, request: SpendRequest) {
    this.#parts = parts;
    this.#request = request;
    const { channelId, what } = request;
    const now = parts.clock.now();
    this.#scope = spendingScope(channelId, what, now);
    this.#untilMs = (Math.floor(now / windowMs[what]) + 1) * windowMs[what];
  }

  async cover(total: number): Promise<void> {
    const { ledger, limits } = this.#parts;
    const { channelId, what, taskId, streamId, signal } = this.#request;
    const amount = total - this.#held;
    if (amount <= 0) return;
    const scope = this.#scope;
    const generation = await this.#known();
    await ledger.setCap(scope, limitOf(await limits(channelId), what));
    let isTold: Promise<void> | undefined;
    const onWait = (place: number): void => {
      isTold ??= this.#tell({ kind: 'waiting', amount, place }).catch((error) => this.#warn(error));
    };
    const aborting = signal === undefined ? {} : { signal };
    const holder = taskId === '' ? streamId : taskId;
    const reservation = await ledger
      .reserve({ scope, amount, holder, ttlMs, maxWaitMs, onWait, ...aborting })
      .catch((error: unknown) => this.#refused(amount, error))
      .finally(() => isTold);
    await this.#tell({ kind: 'reserve', amount, generation });
    await ledger.commit(reservation, amount).catch((error: unknown) => this.#lost(amount, error));
    this.#held += amount;
  }

  /** A scope that the ledger has not heard of may be new, or the ledger: then the records say what was spent before. */
  async #known(): Promise<number> {
    const { ledger } = this.#parts;
    const { generation } = await ledger.usage(this.#scope);
    if (generation > 0) return generation;
    const spent = await spentOf(this.#parts, this.#scope);
    if (spent !== undefined && spent > 0) await ledger.reconcile(this.#scope, spent);
    return generation;
  }

  /** The ledger first: a rebuild in between then counts too much, never too little. */
  async settle(actual: number): Promise<void> {
    const { ledger } = this.#parts;
    const scope = this.#scope;
    const holder = this.#request.taskId;
    const back = this.#held - actual;
    try {
      if (back > 0) await ledger.refund(scope, back);
      if (back < 0) await ledger.commit(await ledger.reserve({ scope, amount: -back, holder, ttlMs }), -back);
    } catch (error) {
      // More than fits has been spent, or the ledger is away or was rebuilt: what is on the record counts then.
      this.#warn(error);
    }
    await this.#tell({ kind: 'settle', amount: actual });
  }

  async #refused(amount: number, error: unknown): Promise<never> {
    const known = toCliptideError(error);
    if (known.code !== 'budget') throw known;
    const { channelId, what } = this.#request;
    const reason = `${names[what]} of the channel ${JSON.stringify(channelId)}: ${known.message}`;
    await this.#tell({ kind: 'refused', amount, reason });
    throw new CliptideError('budget', reason, {
      where: this.#scope,
      hint: `there is more from ${new Date(this.#untilMs).toISOString()} on, or with: cliptide budget set`,
      cause: known,
    });
  }

  /** The lease ended, or the ledger was lost, before it counted as used: nothing has been spent, so it is begun anew. */
  async #lost(amount: number, error: unknown): Promise<never> {
    await this.#tell({ kind: 'settle', amount: this.#held });
    throw new CliptideError('unavailable', `a reservation of ${amount} was lost`, { where: this.#scope, cause: error });
  }

  async #tell(told: Told): Promise<void> {
    const spendId = this.#spendId;
    const entryId = `${spendId}.${this.#entries++}`;
    await tell(this.#parts, this.#request, { entryId, spendId, scope: this.#scope, ...told });
  }

  #warn(error: unknown): void {
    this.#parts.logger.warn('The ledger differs from what was spent', { scope: this.#scope, error: String(error) });
  }
}

const names: Readonly<Record<Spending, string>> = {
  fetchedBytes: 'Bytes to fetch in this hour',
  renderSeconds: 'Seconds of CPU for renders on this day',
};
