import { llmBudgetContract } from './llmbudget.contract.ts';

llmBudgetContract('embedded', () => undefined);
