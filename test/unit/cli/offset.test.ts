import { expect, it } from 'vitest';
import { secondOf } from '../../../src/cli/explain/second.ts';
import { parseOffset } from '../../../src/cli/recording/archive.ts';

it.each([
  ['12.5', 12.5],
  ['-3', -3],
  ['0:10', 10],
  ['-0:10', -10],
  ['1:02:03.5', 3723.5],
])('an offset of %s is so many seconds, and so is a second to explain', (text, seconds) => {
  expect(parseOffset(text)).toEqual({ seconds });
  expect(secondOf(text)).toBe(seconds);
});

it.each(['', 'soon', '1:2:3:4', '0:1', '0:99', '::'])(
  '"%s" is no offset, and the person is told how to write one',
  (text) => {
    const told = expect.objectContaining({ code: 'usage', hint: expect.stringContaining('h:mm:ss') });
    expect(() => parseOffset(text)).toThrow(told);
  },
);
