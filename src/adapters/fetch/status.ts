import { CliptideError } from '../../domain/errors.ts';

const gone: Readonly<Record<number, string>> = {
  401: 'asks for a login',
  403: 'is refused; its address may have expired',
  404: 'is not there',
  410: 'is gone',
  416: 'is shorter than its playlist says',
};

/** The error that an answer's status stands for. `retryAfter` is the header's value. */
export function statusError(status: number, where: string, retryAfter: string | undefined): CliptideError {
  const reason = gone[status];
  if (reason !== undefined) {
    return new CliptideError('media-gone', `HTTP ${status}: ${where} ${reason}`, {
      where,
      hint: 'Check the address; platforms remove recordings and let signed addresses expire.',
    });
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new CliptideError('unavailable', `HTTP ${status} from ${where}`, {
      where,
      hint: 'Try again later; the server has trouble, or is asked too often.',
      cause: { retryAfterMs: retryAfterMs(retryAfter) },
    });
  }
  return new CliptideError('media-gone', `HTTP ${status} from ${where}`, { where, hint: 'Check the address.' });
}

/** How long the server asked to be left alone, in milliseconds; 0 where it did not. */
export function askedWaitMs(error: CliptideError): number {
  const cause = error.cause;
  if (typeof cause !== 'object' || cause === null || !('retryAfterMs' in cause)) return 0;
  return typeof cause.retryAfterMs === 'number' ? cause.retryAfterMs : 0;
}

/** Seconds only; a date would need a clock that agrees with the server's. */
function retryAfterMs(value: string | undefined): number {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}
