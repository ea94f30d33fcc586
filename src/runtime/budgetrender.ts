import { randomUUID } from 'node:crypto';
import { toCliptideError } from '../domain/errors.ts';
import { nodeScopes } from '../domain/scopes.ts';
import { spend } from './budget.ts';
import { type HeldReservation, held } from './budgetlease.ts';
import { type BudgetParts, type Spender, tell } from './budgetrecord.ts';

export interface RenderRequest extends Spender {
  /** Estimates. */
  readonly cpuSeconds: number;
  readonly workBytes: number;
  readonly signal: AbortSignal;
}

/** A render that may go on. */
export interface RenderSpend {
  /** The seconds of CPU that it took; a render that failed has taken what was reserved for it. */
  settle(cpuSeconds: number): Promise<void>;
  /** Once the files that it worked with are gone. */
  end(): Promise<void>;
}

/** What renders may take of a channel's day and of the node's disk, reserved before the work. */
export interface RenderBudget {
  /** Waits for other renders to give back their space; rejects with `budget`, which is on the record, or `aborted`. */
  begin(request: RenderRequest): Promise<RenderSpend>;
}

const maxWaitMs = 20_000;
const ttlMs = 60_000;

export function renderBudget(parts: BudgetParts): RenderBudget {
  return {
    begin: async (request) => {
      const work = await holdWork(parts, request);
      try {
        const cpu = await spend(parts, { ...request, amounts: { renderSeconds: Math.ceil(request.cpuSeconds) } });
        return {
          settle: (seconds) => cpu.settle({ renderSeconds: Math.ceil(seconds) }),
          end: () => work.release(),
        };
      } catch (error) {
        await work.release();
        throw error;
      }
    },
  };
}

/** An estimate that is larger than all the space there is takes all of it: such a render works alone. */
async function holdWork(parts: BudgetParts, request: RenderRequest): Promise<HeldReservation> {
  const { ledger, nodeId, logger } = parts;
  const { taskId, signal } = request;
  const scope = nodeScopes(nodeId).work;
  const amount = Math.min(Math.ceil(request.workBytes), (await ledger.usage(scope)).cap);
  const spendId = randomUUID();
  let told: Promise<void> | undefined;
  const onWait = (place: number): void => {
    told ??= tell(parts, request, { entryId: `${spendId}.0`, spendId, scope, kind: 'waiting', amount, place }).catch(
      (error: unknown) => logger.warn('A wait is not on the record', { scope, error: String(error) }),
    );
  };
  try {
    const request = { scope, amount, holder: taskId, ttlMs, maxWaitMs, onWait, signal };
    return held(ledger, await ledger.reserve(request), ttlMs);
  } catch (error) {
    const { code, message: reason } = toCliptideError(error);
    const refused = { entryId: `${spendId}.1`, spendId, scope, kind: 'refused', amount, reason };
    if (code === 'budget') await tell(parts, request, refused);
    throw error;
  } finally {
    await told;
  }
}
