import type { Results } from '../../ports/results.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';

/** What the operations work with: the log and what belongs to it, in the process that owns it. */
export interface OperatorParts {
  readonly deps: StatefulDependencies;
  /** The data folder; undefined in a cluster. */
  readonly folder: string | undefined;
  /** The results of the data folder, if it has any. */
  readonly results: () => Promise<Results | undefined>;
}
