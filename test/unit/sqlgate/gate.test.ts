import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../../src/adapters/clickhouse/server/gate.ts';

const check = (lines: readonly string[], settingsClauses = 0, canonical = 'SELECT 1') =>
  checkStatement({ canonical, ast: lines.join('\n'), settingsClauses });

const select = ['SelectWithUnionQuery (children 1)', ' ExpressionList (children 1)', '  SelectQuery (children 1)'];

describe('the gate', () => {
  it('lets a plain query through and gives the format that it names', () => {
    expect(check([...select, '   ExpressionList'])).toBeUndefined();
    const [, ...rest] = select;
    expect(check(['SelectWithUnionQuery (children 2)', ...rest, '   ExpressionList', ' Identifier JSON'])).toBe('JSON');
  });

  it('refuses what a newer engine may add: statements, nodes, functions and formats that nobody has judged', () => {
    expect(() => check(['TimeTravelQuery'])).toThrow(expect.objectContaining({ code: 164 }));
    expect(() => check(['Explain EXPLAIN WHATIF (children 1)', ' Literal 1'])).toThrow(
      expect.objectContaining({ code: 164 }),
    );
    expect(() => check([...select, '   PipeOperator'])).toThrow(expect.objectContaining({ code: 497 }));
    expect(() => check([...select, '   Function readMind'])).toThrow(expect.objectContaining({ code: 497 }));
    const [, ...rest] = select;
    const format = ['SelectWithUnionQuery (children 2)', ...rest, '   ExpressionList', ' Identifier Telepathy'];
    expect(() => check(format)).toThrow(expect.objectContaining({ code: 497 }));
  });

  it('refuses a query with settings that were not all seen', () => {
    expect(check([...select, '   Set'], 1)).toBeUndefined();
    expect(() => check([...select, '   Set'], 0)).toThrow(expect.objectContaining({ code: 497 }));
    expect(() => check([...select, '   ExpressionList'], 1)).toThrow(expect.objectContaining({ code: 497 }));
  });

  it('refuses output that is not the outermost query its own', () => {
    const nested = [
      ...select,
      '   Subquery (children 1)',
      '    SelectWithUnionQuery (children 2)',
      '     ExpressionList',
      "     Literal 'x'",
    ];
    expect(() => check(nested)).toThrow(expect.objectContaining({ code: 497 }));
  });

  it.each([
    ['SHOW TABLES FROM cliptide', undefined],
    ["SHOW TABLES LIKE '%a%' LIMIT 3 FORMAT JSON", 'JSON'],
    ['EXISTS TABLE clips', undefined],
    ['SHOW CREATE TABLE cliptide.clips FORMAT TSVRaw', 'TSVRaw'],
  ])('lets %s through', (canonical, format) => {
    expect(check(['ShowTables'], 0, canonical)).toBe(format);
  });

  it.each([
    'SHOW TABLES WHERE file(1)',
    "SHOW TABLES LIKE 'a' WHERE file(1)",
    "SHOW TABLES LIKE 'a\\' WHERE file(1)'",
    "SHOW TABLES INTO OUTFILE 'x'",
    'SHOW TABLES FORMAT JSON SETTINGS a = 1',
    'SHOW TABLES FORMAT Protobuf',
    'SHOW CREATE TABLE system.users',
    'SHOW SETTINGS',
    'SELECT 1',
  ])('does not take %s for a plain SHOW', (canonical) => {
    expect(() => check(['ShowTables'], 0, canonical)).toThrow(expect.objectContaining({ code: 497 }));
  });
});
