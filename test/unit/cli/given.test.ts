import { expect, test } from 'vitest';
import { givenBy } from '../../../src/cli/node/given.ts';

test('an address that is not fetched is wrong usage where a person typed it, without its password', async () => {
  await expect(givenBy('ftp://example.org/v.mp4')).rejects.toMatchObject({
    code: 'usage',
    message: 'Only http and https can be fetched, not ftp',
  });
  await expect(givenBy('http://user:hunter2@example.org/v.mp4')).rejects.toMatchObject({
    code: 'usage',
    message: 'An address with a user or password in it is not fetched: http://example.org/v.mp4',
    where: 'http://example.org/v.mp4',
    hint: 'Passwords in addresses are not supported: use a signed address, or download the file first.',
  });
  await expect(givenBy('http://')).rejects.toMatchObject({ code: 'usage', message: 'Not an address: http://' });
});

test('an address gives its host, and a file its path', async () => {
  expect((await givenBy('https://example.org/v.mp4?token=1')).urls.map(({ host }) => host)).toEqual(['example.org']);
  expect((await givenBy('file:///media/v.mp4')).paths).toEqual(['/media/v.mp4']);
});
