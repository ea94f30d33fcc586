import { defer, ignoreElements, type Observable, of, repeat, takeWhile } from 'rxjs';

/**
 * Runs an asynchronous step again and again, one at a time: the next begins when the last one is over, so a slow step
 * holds its source back instead of filling a buffer. Asks `going` before each; completes after the step in flight.
 * Errors with what the step rejects with.
 */
export function cycleWhile(going: () => boolean, step: () => Promise<void>): Observable<never> {
  return defer(() => (going() ? step().then(going) : of(false))).pipe(
    repeat(),
    takeWhile((goesOn) => goesOn),
    ignoreElements(),
  );
}
