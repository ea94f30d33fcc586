import type { ChannelLimits, ScopeCaps } from '../../domain/budgets.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Results } from '../../ports/results.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';

/** What the operations work with: the log and what belongs to it, in the process that owns it. */
export interface OperatorParts {
  readonly deps: StatefulDependencies;
  /** The data folder; undefined in a cluster. */
  readonly folder: string | undefined;
  /** The results of the data folder, if it has any. */
  readonly results: () => Promise<Results | undefined>;
  /** What is used and reserved of every budget. */
  readonly ledger: () => Promise<QuotaLedger>;
  /** What channels may keep and spend that have no budgets of their own. */
  readonly limits: ChannelLimits;
  /** What is configured for all else, for a ledger that was not told yet. */
  readonly caps: ScopeCaps;
  /** Keys of the configuration that somebody gave a value. */
  readonly configured: ReadonlySet<string>;
}
