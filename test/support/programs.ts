import { findInPath } from '../../scripts/services/programs/path.ts';
import { describeUnless } from './services.ts';

/** Tests that start programs of the PATH, which not every machine has: skipped by the name of what is missing, aloud. */
export function describeWithPrograms(programs: readonly string[], name: string, define: () => void): void {
  const missing = programs.filter((program) => findInPath(program) === undefined);
  describeUnless(missing, `${name}: no ${missing.join(', ')} on the PATH`, name, define);
}
