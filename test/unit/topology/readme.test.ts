import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withDiagram } from '../../../scripts/readme-diagram.ts';

it('puts the diagram between the markers, whatever is there, and touches nothing else', () => {
  const stale = 'before\n<!-- topology:begin -->\nold\n<!-- topology:end -->\nafter\n';
  const fresh = withDiagram(stale);
  expect(fresh).toMatch(
    /^before\n<!-- topology:begin -->\n```mermaid\nflowchart LR\n[\s\S]+```\n<!-- topology:end -->\nafter\n$/,
  );
  expect(fresh).not.toContain('old');
  expect(withDiagram(fresh)).toBe(fresh);
});

it('leaves a document without markers as it is', () => {
  expect(withDiagram('no diagram here\n')).toBe('no diagram here\n');
});

it('is up to date in the README (else run npm run generate)', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain('<!-- topology:begin -->\n```mermaid\nflowchart LR\n');
  expect(withDiagram(readme)).toBe(readme);
});
