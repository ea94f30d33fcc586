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

type Told = Pick<BudgetEntry, 'entryId' | 'spendId' | 'scope' | 'kind' | 'amount'> &
  Partial<Pick<BudgetEntry, 'place' | 'generation' | 'reason'>>;

/** Appends a record to `budget.entries`; it is durable when this resolves. */
export async function tell(
  { log, codec, clock, nodeId }: BudgetParts,
  { channelId, streamId, taskId }: Spender,
  told: Told,
): Promise<void> {
  const record = {
    ...{ channelId, streamId, taskId, nodeId, atMs: clock.now() },
    ...{ place: 0, generation: 0, reason: '', ...told },
  };
  await log.append([toAppend(codec, { topic: 'budget.entries', key: channelId, record })]);
}
