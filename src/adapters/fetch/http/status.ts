import type { IncomingHttpHeaders } from 'node:http';
import { CliptideError } from '../../../domain/errors.ts';

const gone: Readonly<Record<number, string>> = {
  401: 'asks for a login',
  403: 'is refused; its address may have expired',
  404: 'is not there',
  410: 'is gone',
  416: 'is shorter than its playlist or its index says',
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
  if (isPassing(status)) {
    const waitMs = retryAfterMs(headers);
    const asked = waitMs > 0 ? `, which asks to wait ${Math.ceil(waitMs / 1000)} s` : '';
    return new CliptideError('unavailable', `HTTP ${status} from ${where}${asked}`, {
      where,
      status,
      hint: 'Try again later; the server has trouble, or is asked too often.',
      cause: { retryAfterMs: waitMs },
    });
  }
  return new CliptideError('media-gone', `HTTP ${status} from ${where}`, { where, status, hint: 'Check the address.' });
}

/** Whether trying again may help. */
const isPassing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** How long an answer that may be another later asks to be left alone, in milliseconds; 0 where it does not. */
export function askedToWaitMs(status: number, headers: IncomingHttpHeaders): number {
  return isPassing(status) ? retryAfterMs(headers) : 0;
}

/** How long the server of an error asked to be left alone, in milliseconds; 0 where it did not. */
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
