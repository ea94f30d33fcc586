import { randomUUID } from 'node:crypto';
import { capOf } from '../domain/budgets.ts';
import { CliptideError, toCliptideError } from '../domain/errors.ts';
import { type Spending, spendingScope, windowMs } from '../domain/scopes.ts';
import type { Reservation } from '../ports/ledger.ts';
import { type BudgetParts, type Spender, type Told, tell } from './budgetrecord.ts';
import { count, generationOf } from './budgetscope.ts';
import { commitAll, releaseAll, reserveAll } from './reserveall.ts';

/** What is spent together, as the ledger counts it. */
export type Amounts = Readonly<Partial<Record<Spending, number>>>;

export interface SpendRequest extends Spender {
  /** Estimates. */
  readonly amounts: Amounts;
  /** How long it waits for each of them to fit, in milliseconds; five seconds unless given. */
  readonly maxWaitMs?: number;
  readonly signal?: AbortSignal;
}

/** Something that is being spent. One caller at a time. */
export interface Spend {
  /** Makes it at least so much in all; rejects with `budget`, and reserves none of it, when one of them does not fit. */
  cover(totals: Amounts): Promise<void>;
  /** What it really was, which takes the place of the estimates; what is not said counts as estimated. */
  settle(actual: Readonly<Partial<Record<Spending, number | undefined>>>): Promise<void>;
}

/** What does not fit waits for a moment: work that settles gives back what it did not need. */
const defaultWaitMs = 5_000;
/** For the time between the ledger's answer and the record. */
const ttlMs = 60_000;

/**
 * Reserves for a channel what it is about to spend, all of it or nothing: in the ledger, then as records in
 * `budget.entries`, from which the ledger is rebuilt when it is lost. It counts as used at once, so that no end of a
 * lease gives back what a process that died may have spent. Rejects with `budget`, which is on the record too,
 * `aborted` and `unavailable`.
 */
export async function spend(parts: BudgetParts, request: SpendRequest): Promise<Spend> {
  const one = new OneSpend(parts, request);
  await one.cover(request.amounts);
  return one;
}

interface Charge {
  readonly what: Spending;
  readonly scope: string;
  readonly amount: number;
  readonly generation: number;
}

class OneSpend implements Spend {
  readonly #parts: BudgetParts;
  readonly #request: SpendRequest;
  /** It counts for the hour and the day in which it began. */
  readonly #atMs: number;
  readonly #spendId = randomUUID();
  readonly #held = new Map<Spending, number>();
  #entries = 0;

  constructor(parts: BudgetParts, request: SpendRequest) {
    this.#parts = parts;
    this.#request = request;
    this.#atMs = parts.clock.now();
    for (const what of Object.keys(request.amounts) as Spending[]) this.#held.set(what, 0);
  }

  async cover(totals: Amounts): Promise<void> {
    const charges = await this.#lacking(totals);
    if (charges.length === 0) return;
    const reserved = await this.#reserve(charges);
    try {
      await this.#tell(
        charges.map(({ scope, amount, generation }) => ({ kind: 'reserve', scope, amount, generation })),
      );
    } catch (error) {
      await releaseAll(this.#parts.ledger, reserved);
      throw error;
    }
    await this.#commit(charges, reserved);
    for (const { what, amount } of charges) this.#held.set(what, this.#heldOf(what) + amount);
  }

  /**
   * What is given back is so before the record, and what is more counts after it: a rebuild in between never counts too
   * little. A ledger that was lost before is rebuilt first, by the estimates.
   */
  async settle(actual: Parameters<Spend['settle']>[0]): Promise<void> {
    const settled = [...this.#held].map(([what, held]) => {
      const amount = actual[what] ?? held;
      const reason = actual[what] === undefined ? 'as estimated: what it really was is not known' : '';
      return { told: { kind: 'settle', scope: this.#scopeOf(what), amount, reason }, more: amount - held };
    });
    for (const { told, more } of settled) await this.#count(told.scope, Math.min(more, 0));
    try {
      await this.#tell(settled.map(({ told }) => told));
    } finally {
      for (const { told, more } of settled) if (more > 0) await this.#count(told.scope, more);
    }
  }

  /** Where the ledger is away or was rebuilt, what is on the record counts. */
  async #count(scope: string, more: number): Promise<void> {
    await count(this.#parts, scope, more).catch((error: unknown) => this.#warn(scope, error));
  }

  /** What is to be reserved to hold so much, in scopes whose caps are as the channel has them now. */
  async #lacking(totals: Amounts): Promise<readonly Charge[]> {
    const { ledger, limits } = this.#parts;
    const charges: Charge[] = [];
    for (const [what, total] of Object.entries(totals) as [Spending, number][]) {
      const scope = this.#scopeOf(what);
      const amount = total - this.#heldOf(what);
      if (amount > 0) charges.push({ what, scope, amount, generation: await generationOf(this.#parts, scope) });
    }
    if (charges.length === 0) return charges;
    const own = await limits(this.#request.channelId);
    for (const { what, scope } of charges) await ledger.setCap(scope, capOf(own, what));
    return charges;
  }

  async #reserve(charges: readonly Charge[]): Promise<readonly Reservation[]> {
    const { taskId, streamId, signal, maxWaitMs = defaultWaitMs } = this.#request;
    const waits = new Map<string, Promise<void>>();
    const requests = charges.map(({ scope, amount }) => ({
      ...{ scope, amount, holder: taskId === '' ? streamId : taskId, maxWaitMs },
      ttlMs: ttlMs + charges.length * maxWaitMs,
      onWait: (place: number): void => {
        if (waits.has(scope)) return;
        const told = this.#tell([{ kind: 'waiting', scope, amount, place }]);
        waits.set(
          scope,
          told.catch((error) => this.#warn(scope, error)),
        );
      },
      ...(signal === undefined ? {} : { signal }),
    }));
    try {
      return await reserveAll(this.#parts.ledger, requests);
    } catch (error) {
      throw await this.#refusal(charges, error);
    } finally {
      await Promise.all(waits.values());
    }
  }

  async #refusal(charges: readonly Charge[], error: unknown): Promise<CliptideError> {
    const known = toCliptideError(error);
    if (known.code === 'fenced') return lost(charges, error);
    const refused = charges.find(({ scope }) => scope === known.where);
    if (known.code !== 'budget' || refused === undefined) return known;
    const { what, scope, amount } = refused;
    const reason = `${names[what]} of the channel ${JSON.stringify(this.#request.channelId)}: ${known.message}`;
    await this.#tell([{ kind: 'refused', scope, amount, reason }]);
    const untilMs = (Math.floor(this.#atMs / windowMs[what]) + 1) * windowMs[what];
    return new CliptideError('budget', reason, {
      where: scope,
      hint: `there is more from ${new Date(untilMs).toISOString()} on, or with: cliptide budget set`,
      cause: known,
    });
  }

  /** Where a lease ended, or the ledger was lost, before all counts as used, none does: nothing has been spent. */
  async #commit(charges: readonly Charge[], reserved: readonly Reservation[]): Promise<void> {
    try {
      await commitAll(this.#parts.ledger, reserved);
    } catch (error) {
      await this.#tell(charges.map(({ what, scope }) => ({ kind: 'settle', scope, amount: this.#heldOf(what) })));
      throw lost(charges, error);
    }
  }

  #heldOf(what: Spending): number {
    return this.#held.get(what) ?? 0;
  }

  #scopeOf(what: Spending): string {
    return spendingScope(this.#request.channelId, what, this.#atMs);
  }

  async #tell(told: readonly Told[]): Promise<void> {
    const spendId = this.#spendId;
    const entries = told.map((one) => ({ entryId: `${spendId}.${this.#entries++}`, spendId, ...one }));
    await tell(this.#parts, this.#request, ...entries);
  }

  #warn(scope: string, error: unknown): void {
    this.#parts.logger.warn('The ledger differs from what was spent', { scope, error: String(error) });
  }
}

const lost = (charges: readonly Charge[], cause: unknown): CliptideError =>
  new CliptideError('unavailable', 'what was reserved to be spent was lost', {
    where: charges.map(({ scope }) => scope).join(', '),
    cause,
  });

const names: Readonly<Record<Spending, string>> = {
  fetchedBytes: 'Bytes to fetch in this hour',
  renderSeconds: 'Seconds of CPU for renders on this day',
  llmTokens: 'Tokens of LLM calls on this day',
  llmCost: 'Millionths of a dollar for LLM calls on this day',
};
