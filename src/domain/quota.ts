import { CliptideError } from './errors.ts';

/** Throws `internal` for what is no whole number of units from 0. */
export function mustBeUnits(amount: number): void {
  if (Number.isSafeInteger(amount) && amount >= 0) return;
  throw new CliptideError('internal', `${amount} is no amount: whole numbers from 0 are`);
}

/** What a scope holds when a reservation does not fit into it. */
export interface FullScope {
  readonly scope: string;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
}

export function overBudget(amount: number, { scope, cap, used, reserved }: FullScope): CliptideError {
  return new CliptideError('budget', `${amount} more do not fit: ${used} used and ${reserved} reserved of ${cap}`, {
    where: scope,
    hint: 'wait until something is given back, or raise the budget',
  });
}

export const overBefore = (scope: string): CliptideError =>
  new CliptideError('fenced', 'this reservation expired, or was committed or released before', { where: scope });

export const moreThanReserved = (scope: string, actual: number, amount: number): CliptideError =>
  wrong(scope, `${actual} were used of a reservation of ${amount}`);

export const moreThanUsed = (scope: string, amount: number, used: number): CliptideError =>
  wrong(scope, `${amount} are taken back of ${used} that are used`);

const wrong = (scope: string, message: string): CliptideError =>
  new CliptideError('internal', message, { where: scope, hint: 'reconcile the scope with what is really there' });
