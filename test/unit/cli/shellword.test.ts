import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../../src/cli/shellword.ts';

test('a path comes out of a shell as it was, whatever stands in it', () => {
  const paths = ['/tmp/my clips é/.cliptide', "it's", '$(touch x) `y` "z" \\ * ~ #', '-x; exit', '', 'a\nb'];
  for (const path of paths) {
    const printed = execFileSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' });
    expect(printed).toBe(path);
  }
});

test('what needs no quotes has none', () => {
  expect(shellWord('/home/me/.cliptide')).toBe('/home/me/.cliptide');
});
