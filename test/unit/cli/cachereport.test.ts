import { expect, test } from 'vitest';
import { verifiedText } from '../../../src/cli/cache/report.ts';

const nothing = {
  objects: 9,
  bytes: 0,
  missing: 0,
  adopted: 0,
  strays: 0,
  foreign: 0,
  foreignBytes: 0,
  ledgerBytes: 0,
};
const textOf = (channels: readonly (string | null)[]): string => {
  const damagedFiles = channels.map((channelId, index) => ({ name: `${index}.ts`, channelId }));
  return verifiedText({ ...nothing, damaged: damagedFiles.length, damagedFiles });
};

test('damaged files are told by their channels, a few by name where those are not known', () => {
  expect(textOf(['eva', null, 'bob', 'eva'])).toContain('removed 4 damaged files: 2 of eva, 1 of bob, cache/1.ts\n');
  expect(textOf(Array.from({ length: 7 }, () => null))).toContain(
    'cache/0.ts, cache/1.ts, cache/2.ts, cache/3.ts, cache/4.ts, 2 more of channels that are not known\n',
  );
});
