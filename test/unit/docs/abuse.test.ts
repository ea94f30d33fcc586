import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Adversary } from '../../support/abuse/adversary.ts';
import { copies, freshCopies } from '../../support/abuse/copies.ts';
import { crowds, staged } from '../../support/abuse/crowds.ts';

const page = readFileSync(new URL('../../../docs/abuse.md', import.meta.url), 'utf8');

/** The first two cells of a section's rows. */
function rowsOf(section: string): string[] {
  const text = page.split(`<!-- ${section}:begin -->`)[1]?.split(`<!-- ${section}:end -->`)[0] ?? '';
  const rows = text.trim().split('\n').slice(2);
  return rows.map((row) => row.split(' | ').slice(0, 2).join(' | '));
}

it.each<[string, readonly Adversary[]]>([
  ['harmless', [...copies, ...crowds]],
  ['fooled', [...freshCopies, ...staged]],
])('docs/abuse.md says of each kind of abuse that is %s what it is', (section, list) => {
  expect(rowsOf(section)).toEqual(list.map(({ name, what }) => `| ${name} | ${what}`));
});
