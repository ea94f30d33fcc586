import { describe, expect, it } from 'vitest';
import { parseAst } from '../../../src/adapters/clickhouse/server/ast.ts';

const denied = expect.objectContaining({ code: 497 });

describe("the engine's tree of a query", () => {
  it('is read with names, without aliases and counts', () => {
    const tree = parseAst(
      [
        'SelectWithUnionQuery (children 1)',
        ' ExpressionList (children 2)',
        '  Function count (alias n) (children 1)',
        '   ExpressionList',
        "  Literal 'a (children 3)' (alias x (children 1))",
        '',
      ].join('\n'),
    );
    const [list] = tree.children;
    expect(list?.children.map(({ kind, label }) => [kind, label])).toEqual([
      ['Function', 'count'],
      ['Literal', "'a (children 3)'"],
    ]);
  });

  it.each([
    ['a line more than the engine counted', 'A (children 1)\n B\n B'],
    ['a line less', 'A (children 2)\n B'],
    ['a line that is too deep', 'A (children 1)\n  B'],
    ['a second root', 'A\nB'],
    ['an empty line within', 'A (children 1)\n\n B'],
    ['nothing', ''],
    // What quoted names with line breaks could print: each stands somewhere with one child too many or too few.
    ['an alias that adds a parent', 'A (children 2)\n B (alias x\n B (children 1)\n  C)\n D'],
    ['a name that takes a sibling in', 'A (children 2)\n B x\n  X (children 1)\n  D'],
  ])('is refused when it has %s', (_, text) => {
    expect(() => parseAst(text)).toThrow(denied);
  });
});
