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
