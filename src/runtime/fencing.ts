import { catchError, EMPTY, type Observable, throwError } from 'rxjs';
import { CliptideError, isTransient } from '../domain/errors.ts';
import type { Assignment } from '../ports/eventlog.ts';

/**
 * Two ends that are no failures: a partition that went to another member, where what was in flight is void, and a stop
 * while something is away, where what was in flight is not committed and so done again at the next start.
 */
export const endWhenOver = (assignment: Assignment, stopping: AbortSignal) =>
  catchError<never, Observable<never>>((error) =>
    isFenced(error, assignment) || (stopping.aborted && isTransient(error)) ? EMPTY : throwError(() => error),
  );

function isFenced(error: unknown, assignment: Assignment): boolean {
  return assignment.lost.aborted || (error instanceof CliptideError && error.code === 'fenced');
}
