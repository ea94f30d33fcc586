import { CliptideError } from '../domain/errors.ts';
import type { BudgetParts } from './budgetrecord.ts';
import { spentOf } from './budgetspent.ts';

/** Others spend in the same scope meanwhile. */
const mostTries = 20;

/**
 * The generation of a scope of spending. One that the ledger has not heard of may be new, or the ledger: then the records
 * say what was spent before.
 */
export async function generationOf(parts: BudgetParts, scope: string): Promise<number> {
  const { ledger } = parts;
  const was = await ledger.usage(scope);
  if (was.generation > 0) return was.generation;
  const spent = await spentOf(parts, scope);
  // Whoever was quicker has begun it, and may have spent since.
  if (spent !== undefined && spent > 0) await ledger.correct(was, spent);
  return was.generation;
}

/**
 * Counts so much more, or less where it is below 0, as used, in a ledger that is rebuilt before where it was lost. Less is
 * counted before it is on the record, and more after it: also where it does not fit, or others wait, since it has been
 * spent. Rejects where the ledger does not take it.
 */
export async function count(parts: BudgetParts, scope: string, more: number): Promise<void> {
  const { ledger } = parts;
  const wasThere = (await generationOf(parts, scope)) > 0;
  if (more <= 0) return more < 0 ? ledger.refund(scope, -more) : undefined;
  // What began it just now had counted what is on the record.
  if (!wasThere) return;
  for (let tries = 0; tries < mostTries; tries++) {
    const was = await ledger.usage(scope);
    if (await ledger.correct(was, was.used + more)) return;
  }
  throw new CliptideError('busy', `${more} more were spent, which the ledger does not show yet`, { where: scope });
}
