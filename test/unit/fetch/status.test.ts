import { expect, it } from 'vitest';
import { askedWaitMs, statusError } from '../../../src/adapters/fetch/http/status.ts';
import { isRefused } from '../../../src/domain/errors.ts';

const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
const later = 'Wed, 21 Oct 2026 07:28:09 GMT';

it.each([
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['a date, by the server’s own clock', { 'retry-after': later, date }, 9_000],
  ['a date that is over', { 'retry-after': date, date: later }, 0],
  ['a date without the server’s own', { 'retry-after': later }, 0],
  ['nonsense', { 'retry-after': 'soon', date }, 0],
  ['less than nothing', { 'retry-after': '-3' }, 0],
  ['nothing', {}, 0],
])('reads Retry-After: %s', (_, headers, expected) => {
  expect(askedWaitMs(statusError(429, 'http://o.test/', headers))).toBe(expected);
});

it('tells an address that is refused from one that is gone', () => {
  expect([401, 403, 404, 410, 500].map((status) => isRefused(statusError(status, 'x', {})))).toEqual([
    ...[true, true],
    ...[false, false, false],
  ]);
});
