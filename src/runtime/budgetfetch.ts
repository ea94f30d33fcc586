import type { FetchBudget } from '../ports/fetchbudget.ts';
import { spend } from './budget.ts';
import type { BudgetParts } from './budgetrecord.ts';

/** Segments of a stream are about as long as each other: with so much more most need one reservation, and one record. */
const margin = 1.25;
/** A body that turns out longer still is covered in steps that double it. */
const growth = 2;

/** The bytes that the media cache fetches, as spend of their channel in the hour in which the download began. */
export function fetchBudget(parts: BudgetParts): FetchBudget {
  return {
    begin: async ({ channelId, streamId, bytes }) => {
      let covered = Math.ceil(bytes * margin);
      const spender = { channelId, streamId, taskId: '' };
      const one = await spend(parts, { ...spender, amounts: { fetchedBytes: covered } });
      return {
        cover: async (total) => {
          if (total <= covered) return;
          const next = Math.max(total, covered * growth);
          await one.cover({ fetchedBytes: next });
          covered = next;
        },
        settle: (total) => one.settle({ fetchedBytes: total }),
      };
    },
  };
}
