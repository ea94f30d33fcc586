import type { FetchBudget } from '../ports/fetchbudget.ts';
import { spend } from './budget.ts';
import type { BudgetParts } from './budgetrecord.ts';

/** A body that turns out longer is covered in steps of at least so many bytes: a record each. */
const stepBytes = 4 * 1024 * 1024;

/** The bytes that the media cache fetches, as spend of their channel in the hour in which the download began. */
export function fetchBudget(parts: BudgetParts): FetchBudget {
  return {
    begin: async ({ channelId, streamId, bytes }) => {
      let covered = bytes;
      const one = await spend(parts, { channelId, streamId, taskId: '', what: 'fetchedBytes', amount: bytes });
      return {
        cover: async (total) => {
          if (total <= covered) return;
          const next = Math.max(total, covered + stepBytes);
          await one.cover(next);
          covered = next;
        },
        settle: (total) => one.settle(total),
      };
    },
  };
}
