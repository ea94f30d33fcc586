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

/** `ahead` of it wait for room, if any; where the cap is less than the amount, waiting does not help. */
export function overBudget(amount: number, { scope, cap, used, reserved }: FullScope, ahead = 0): CliptideError {
  const queue = ahead > 0 ? `, and ${ahead} wait before it` : '';
  return new CliptideError(
    'budget',
    `${amount} more do not fit: ${used} used and ${reserved} reserved of ${cap}${queue}`,
    {
      where: scope,
      hint: canEverFit(amount, cap) ? 'wait until something is given back, or raise the budget' : 'raise the budget',
    },
  );
}

/** A scope without a cap takes nothing, not even 0. */
export const canEverFit = (amount: number, cap: number): boolean => cap > 0 && amount <= cap;

export const fits = (amount: number, { cap, used, reserved }: FullScope): boolean =>
  cap > 0 && used + reserved + amount <= cap;

export const overBefore = (scope: string): CliptideError =>
  new CliptideError('fenced', 'this reservation expired, or was committed or released before', { where: scope });

export const moreThanReserved = (scope: string, actual: number, amount: number): CliptideError =>
  wrong(scope, `${actual} were used of a reservation of ${amount}`);

export const moreThanUsed = (scope: string, amount: number, used: number): CliptideError =>
  wrong(scope, `${amount} are taken back of ${used} that are used`);

/** For a scope that cannot be dropped. */
export const stillReserved = (scope: string, reserved: number): CliptideError =>
  new CliptideError('busy', `${reserved} are still reserved`, {
    where: scope,
    hint: 'wait until what runs there has ended',
  });

const lostMessage = 'the ledger was lost; it must be rebuilt';

/** For a scope whose counters were lost; `where` also says where the ledger is. */
export const lostScope = (where: string): CliptideError =>
  new CliptideError('unavailable', lostMessage, {
    where,
    hint: 'reconcile the scope with what is really there; then it opens again',
  });

export const isLost = (error: unknown): boolean =>
  error instanceof CliptideError && error.code === 'unavailable' && error.message === lostMessage;

const wrong = (scope: string, message: string): CliptideError =>
  new CliptideError('internal', message, { where: scope, hint: 'reconcile the scope with what is really there' });
