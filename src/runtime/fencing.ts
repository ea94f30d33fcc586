import { catchError, EMPTY, type Observable, throwError } from 'rxjs';
import { CliptideError } from '../domain/errors.ts';
import type { Assignment } from '../ports/eventlog.ts';

/** A partition that went to another member is no failure: what was in flight here is void. */
export const endWhenFenced = (assignment: Assignment) =>
  catchError<never, Observable<never>>((error) => (isFenced(error, assignment) ? EMPTY : throwError(() => error)));

function isFenced(error: unknown, assignment: Assignment): boolean {
  return assignment.lost.aborted || (error instanceof CliptideError && error.code === 'fenced');
}
