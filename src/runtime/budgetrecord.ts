import type { ChannelLimits } from '../domain/budgets.ts';
import type { BudgetEntry } from '../domain/records.gen.ts';
import type { QuotaLedger } from '../ports/ledger.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { toAppend } from './records.ts';

export interface BudgetParts extends Pick<RuntimeDependencies, 'log' | 'codec' | 'clock' | 'logger' | 'nodeId'> {
  readonly ledger: QuotaLedger;
  /** What a channel may keep and spend now. */
  readonly limits: (channelId: string) => Promise<ChannelLimits>;
}

/** Who spends. */
export interface Spender {
  readonly channelId: string;
  readonly streamId: string;
  /** Empty where it is no task's own. */
  readonly taskId: string;
}

/** What a record says besides who spends. */
export type Told = Pick<BudgetEntry, 'scope' | 'kind' | 'amount'> &
  Partial<Pick<BudgetEntry, 'place' | 'generation' | 'reason'>>;

/** Appends records to `budget.entries`, in one step; they are durable when this resolves. */
export async function tell(
  { log, codec, clock, nodeId }: Pick<BudgetParts, 'log' | 'codec' | 'clock' | 'nodeId'>,
  { channelId, streamId, taskId }: Spender,
  ...told: readonly (Told & Pick<BudgetEntry, 'entryId' | 'spendId'>)[]
): Promise<void> {
  const records = told.map((one) => ({
    ...{ channelId, streamId, taskId, nodeId, atMs: clock.now() },
    ...{ place: 0, generation: 0, reason: '', ...one },
  }));
  await log.append(records.map((record) => toAppend(codec, { topic: 'budget.entries', key: channelId, record })));
}
