import type { IncomingHttpHeaders } from 'node:http';
import { CliptideError } from '../../domain/errors.ts';

const gone: Readonly<Record<number, string>> = {
  401: 'asks for a login',
  403: 'is refused; its address may have expired',
  404: 'is not there',
  410: 'is gone',
  416: 'is shorter than its playlist says',
};

/** The error that an answer's status stands for. */
export function statusError(status: number, where: string, headers: IncomingHttpHeaders): CliptideError {
  const reason = gone[status];
  if (reason !== undefined) {
    return new CliptideError('media-gone', `HTTP ${status}: ${where} ${reason}`, {
      where,
      status,
      hint: 'Check the address; platforms remove recordings and let signed addresses expire.',
    });
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new CliptideError('unavailable', `HTTP ${status} from ${where}`, {
      where,
      status,
      hint: 'Try again later; the server has trouble, or is asked too often.',
      cause: { retryAfterMs: retryAfterMs(headers) },
    });
  }
  return new CliptideError('media-gone', `HTTP ${status} from ${where}`, { where, status, hint: 'Check the address.' });
}

/** How long the server asked to be left alone, in milliseconds; 0 where it did not. */
export function askedWaitMs(error: CliptideError): number {
  const cause = error.cause;
  if (typeof cause !== 'object' || cause === null || !('retryAfterMs' in cause)) return 0;
  return typeof cause.retryAfterMs === 'number' ? cause.retryAfterMs : 0;
}

/** Seconds, or a date, which is held against the server's own: its clock need not agree with ours. */
function retryAfterMs(headers: IncomingHttpHeaders): number {
  const value = headers['retry-after'];
  if (value === undefined) return 0;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isNaN(waitMs) ? 0 : Math.max(0, waitMs);
}
