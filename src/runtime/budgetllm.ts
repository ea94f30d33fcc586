import { microdollars } from '../domain/budgets.ts';
import { CliptideError } from '../domain/errors.ts';
import type { LlmBudget } from '../ports/llmbudget.ts';
import { spend } from './budget.ts';
import type { BudgetParts } from './budgetrecord.ts';

/**
 * LLM calls as spend of their channel, in tokens and in money, on the day in which they began. For the refiner that
 * calls an LLM: there is none yet.
 */
export function llmBudget(parts: BudgetParts): LlmBudget {
  return {
    begin: async ({ tokens, dollars, ...request }) => {
      const [llmTokens, llmCost] = [counted(tokens, Math.ceil), counted(dollars, microdollars)];
      if (llmTokens === undefined || llmCost === undefined) {
        throw new CliptideError('internal', `an LLM call can't take ${tokens} tokens and ${dollars} dollars`);
      }
      const one = await spend(parts, { ...request, amounts: { llmTokens, llmCost } });
      return {
        settle: (actual) =>
          one.settle({ llmTokens: counted(actual.tokens, Math.ceil), llmCost: counted(actual.dollars, microdollars) }),
      };
    },
  };
}

/** As the ledger counts it; undefined for what is no amount: figures come from whoever answers. */
function counted(figure: number | undefined, count: (figure: number) => number): number | undefined {
  const amount = figure !== undefined && figure >= 0 ? count(figure) : Number.NaN;
  return Number.isSafeInteger(amount) ? amount : undefined;
}
