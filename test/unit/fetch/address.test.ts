import { describe, expect, it } from 'vitest';
import { httpAddress, redirectAddress, shown } from '../../../src/adapters/fetch/http/address.ts';
import { connectionError } from '../../../src/adapters/fetch/http/connection.ts';
import { resolveUri } from '../../../src/adapters/hls/resolve.ts';
import { CliptideError } from '../../../src/domain/errors.ts';

function refusal(work: () => unknown): CliptideError {
  try {
    work();
  } catch (error) {
    if (error instanceof CliptideError) return error;
  }
  throw new Error('not refused');
}

describe('what an origin sends in the place of an address', () => {
  const from = new URL('https://o.test/a.ts?token=SECRET');

  it('is the fault of who redirects there, not wrong usage, and no secret in it is said', () => {
    const error = refusal(() => redirectAddress('http://me:SECRET@[x/b.ts?token=SECRET', from));
    expect(error).toMatchObject({ code: 'media-gone', where: 'https://o.test/a.ts' });
    expect(error.message).toBe('https://o.test/a.ts redirects to what is no address: http://[x/b.ts');
  });

  it('is told apart from what a person typed', () => {
    expect(refusal(() => httpAddress('http://me:SECRET@[x?token=SECRET'))).toMatchObject({
      code: 'usage',
      message: 'Not an address: http://[x',
    });
  });

  it.each([
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['data:text/plain,x?token=SECRET', 'data:text/plain,x'],
    ['ftp://me:SECRET@o.test/x?token=SECRET', 'ftp://o.test/x'],
    ['x://me:SECRET@o.test/x#SECRET', 'x://o.test/x'],
  ])('says where it is, whatever its scheme: %s', (location, where) => {
    expect(refusal(() => redirectAddress(location, from))).toMatchObject({ code: 'forbidden', where });
  });

  it('is shown without its password where a playlist names it', () => {
    const { message } = refusal(() => resolveUri('ftp://me:SECRET@o.test/x.ts?t=SECRET', 'https://o.test/i.m3u8'));
    expect(message).toBe('The playlist names ftp://o.test/x.ts, which is not fetched');
  });

  it('is cut where it is long', () => {
    expect(shown(new URL(`data:${'x'.repeat(10_000)}`))).toHaveLength(200);
  });
});

it('an answer that is no HTTP is not called a connection that broke', () => {
  const error = connectionError(Object.assign(new Error('x'), { code: 'HPE_INVALID_CONSTANT' }), 'http://o.test/a');
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/its answer is no HTTP/) });
  expect(error.hint).toMatch(/port/);
});
